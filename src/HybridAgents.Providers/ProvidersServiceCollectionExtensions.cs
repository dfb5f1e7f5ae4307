using System.ClientModel;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Directory;
using HybridAgents.Providers.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers;

/// <summary>Registration of the providers.</summary>
public static class ProvidersServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IModelGateway"/>, <see cref="IModelDirectory"/>, <see cref="IProviderTrial"/>, <see cref="ProviderAdministration"/>, <see cref="ResponseCache"/> and <see cref="ProviderRegistry"/> as singletons.</summary>
    /// <param name="services">Where to. An <see cref="AuthenticationTokenProvider"/> registered there gives tokens for Azure OpenAI; an <see cref="IAzureOpenAIConnector"/> registered before replaces the built-in one.</param>
    /// <param name="configuration">Read when the host starts; a wrong value stops it with a line for each. Names of <see cref="ConfigurationAliases"/> are not read here.</param>
    public static IServiceCollection AddHybridAgentsProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ProvidersOptions>().Configure(options => ProvidersConfiguration.Bind(configuration, options)).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ModelHealthBoard(OptionsOf(provider).Breaker, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ResponseCache(OptionsOf(provider).Cache, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AzureOpenAIV1(provider.GetService<AuthenticationTokenProvider>()));
        services.TryAddSingleton<IAzureOpenAIConnector>(provider => provider.GetRequiredService<AzureOpenAIV1>());
        services.AddSingleton<IValidateOptions<ProvidersOptions>, AzureOpenAIValidator>();
        services.AddSingleton<ProviderFactory>();
        services.AddSingleton(provider => provider.GetRequiredService<ProviderFactory>().CreateRegistry());
        services.AddSingleton(new SecretReferences(configuration));
        services.AddSingleton<ProviderMerge>();
        services.AddSingleton(provider => new ProviderAdministration(
            provider.GetRequiredService<ProviderMerge>(), provider.GetRequiredService<ProviderFactory>(), provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<ModelHealthBoard>(), provider.GetRequiredService<ILogger<ProviderAdministration>>()));
        services.AddSingleton<IProviderTrial, ProviderTrial>();
        services.AddSingleton(provider => new CatalogueFile(
            configuration["Models:Catalogue"] is { Length: > 0 } path ? Path.GetFullPath(path) : null, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CatalogueFile>>()));
        services.AddSingleton<ModelDirectory>();
        services.AddSingleton<IModelDirectory>(provider => provider.GetRequiredService<ModelDirectory>());
        services.AddSingleton<IModelLists>(provider => provider.GetRequiredService<ModelDirectory>());
        services.AddSingleton<IModelGateway, ModelGateway>();
        services.AddSingleton<IEmbeddingGateway, EmbeddingGateway>();
        services.AddSingleton<ICredentialedGateway, CredentialedGateway>();
        return services;
    }

    private static ProvidersOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<ProvidersOptions>>().Value;
}
