using System.Diagnostics.CodeAnalysis;

namespace HybridAgents.Providers;

/// <summary>Every enabled provider by name, in any case.</summary>
/// <param name="providers">In order of preference.</param>
public sealed class ProviderRegistry(IReadOnlyList<ModelProvider> providers) : IDisposable
{
    private readonly Dictionary<string, ModelProvider> _byName = providers.ToDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the providers in order of preference.</summary>
    public IReadOnlyList<ModelProvider> Providers { get; } = providers;

    /// <summary>Finds a provider by name, in any case.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out ModelProvider? provider) => _byName.TryGetValue(name, out provider);

    /// <summary>Closes every provider.</summary>
    public void Dispose()
    {
        foreach (ModelProvider provider in Providers)
            provider.Dispose();
    }
}
