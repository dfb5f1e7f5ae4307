using HybridAgents.Core.Models;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers;

/// <inheritdoc cref="IProviderTrial"/>
internal sealed class ProviderTrial(ProviderFactory factory) : IProviderTrial
{
    public IReadOnlyList<string> Kinds { get; } = [.. ProviderKinds.All.Where(static kind => kind.Dialect != ProviderDialect.Offline).Select(static kind => kind.Name)];

    public bool NeedsKey(string kind) => !ProviderKinds.Named(kind).RunsModels;

    public async Task<IReadOnlyList<ModelInfo>> ListAsync(string kind, Uri endpoint, string? apiKey, bool publicOnly, CancellationToken cancellationToken)
    {
        if (apiKey is null && NeedsKey(kind))
            throw new ArgumentException($"{kind} is not tried without a key.", nameof(apiKey));
        // No default model: one that the provider does not list must not look as if it were there.
        using ModelProvider provider = factory.Create(new() { Name = kind, Endpoint = endpoint, ApiKey = apiKey, Model = "", PublicOnly = publicOnly });
        return await provider.Source.ListAsync(cancellationToken);
    }
}
