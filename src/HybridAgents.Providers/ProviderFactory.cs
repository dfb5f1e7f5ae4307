using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Offline;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers;

/// <summary>Builds the enabled providers, each inside the pipeline.</summary>
/// <param name="options">The configuration.</param>
internal sealed class ProviderFactory(IOptions<ProvidersOptions> options)
{
    /// <summary>The enabled providers, the heavier ones first.</summary>
    public ProviderRegistry CreateRegistry() => new(
    [
        .. options.Value.Providers
            .Where(settings => settings.Enabled && settings.Name == "offline")
            .OrderByDescending(settings => settings.Weight)
            .Select(Create),
    ]);

    private static ModelProvider Create(ProviderSettings settings) => new(settings, new OfflineChatClient(), new OfflineModelSource());
}
