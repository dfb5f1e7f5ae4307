using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Configuration;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of what administrators change while hosts run.</summary>
public static class StoredConfigurationServiceCollectionExtensions
{
    /// <summary>Adds <see cref="StoredProviders"/> and <see cref="StoredSettings"/>, and what puts them in force. Needs tables and the providers.</summary>
    public static IServiceCollection AddHybridAgentsStoredConfiguration(this IServiceCollection services)
    {
        services.AddSingleton<StoredProviders>();
        services.AddSingleton(static provider => new Lazy<ProviderAdministration>(provider.GetRequiredService<ProviderAdministration>));
        services.AddSingleton<ProviderSync>();
        services.AddSingleton<IProviderSync>(static provider => provider.GetRequiredService<ProviderSync>());
        services.AddHostedService(static provider => provider.GetRequiredService<ProviderSync>());
        services.AddSingleton<StoredSettings>();
        services.AddSingleton<RuntimeSettings>();
        services.AddSingleton<IPostConfigureOptions<RoutingOptions>>(static provider => provider.GetRequiredService<RuntimeSettings>());
        services.AddSingleton<IPostConfigureOptions<RunOptions>>(static provider => provider.GetRequiredService<RuntimeSettings>());
        services.AddSingleton<IOptionsChangeTokenSource<RoutingOptions>>(static provider => provider.GetRequiredService<RuntimeSettings>());
        services.AddSingleton<IOptionsChangeTokenSource<RunOptions>>(static provider => provider.GetRequiredService<RuntimeSettings>());
        services.AddSingleton<SettingsSync>();
        services.AddSingleton<ISettingsSync>(static provider => provider.GetRequiredService<SettingsSync>());
        services.AddHostedService(static provider => provider.GetRequiredService<SettingsSync>());
        return services;
    }
}
