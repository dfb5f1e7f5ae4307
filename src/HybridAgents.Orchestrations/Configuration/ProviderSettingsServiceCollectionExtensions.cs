using HybridAgents.Orchestrations.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of stored settings of providers.</summary>
public static class ProviderSettingsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="StoredProviders"/>, and what puts them in force. Needs tables and the providers.</summary>
    public static IServiceCollection AddHybridAgentsProviderSettings(this IServiceCollection services)
    {
        services.AddSingleton<StoredProviders>();
        services.AddSingleton<ProviderSync>();
        services.AddSingleton<IProviderSync>(static provider => provider.GetRequiredService<ProviderSync>());
        services.AddHostedService(static provider => provider.GetRequiredService<ProviderSync>());
        return services;
    }
}
