using System.Diagnostics.CodeAnalysis;

namespace HybridAgents.Providers;

/// <summary>Every enabled provider by name, in any case. Safe for concurrent use.</summary>
/// <param name="providers">In order of preference.</param>
public sealed class ProviderRegistry(IReadOnlyList<ModelProvider> providers) : IDisposable
{
    private volatile Entries _entries = new(providers);

    /// <summary>Gets the providers in order of preference: the same list until one of them changes.</summary>
    public IReadOnlyList<ModelProvider> Providers => _entries.Providers;

    /// <summary>Finds a provider by name, in any case.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out ModelProvider? provider) => _entries.ByName.TryGetValue(name, out provider);

    /// <summary>Closes every provider.</summary>
    public void Dispose()
    {
        foreach (ModelProvider provider in Providers)
            provider.Dispose();
    }

    internal void Replace(IReadOnlyList<ModelProvider> providers) => _entries = new(providers);

    private sealed class Entries(IReadOnlyList<ModelProvider> providers)
    {
        public IReadOnlyList<ModelProvider> Providers { get; } = providers;

        public Dictionary<string, ModelProvider> ByName { get; } = providers.ToDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);
    }
}
