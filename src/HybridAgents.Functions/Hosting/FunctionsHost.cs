using System.ClientModel;
using Azure.Core;
using Azure.Identity;
using HybridAgents.Api;
using HybridAgents.Api.Telemetry;
using HybridAgents.Core;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Providers;
using HybridAgents.Functions.Storage;
using HybridAgents.Providers;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Hosting;

/// <summary>Puts the product together on Azure: shared code on the adapters of Durable Task and Table storage.</summary>
internal static class FunctionsHost
{
    /// <summary>Azure ends a worker that is not gone 5 s after it was asked to stop; what is left of that is for the process to end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>Adds everything to a host.</summary>
    public static void AddHybridAgents(this IHostApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(ConfigurationAliases.Resolve(builder.Configuration));
        IServiceCollection services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(static host => (host.ShutdownTimeout, host.ServicesStopConcurrently) = (Grace, true));
        AddTables(services, builder.Configuration);
        AddDurableTask(services);
        services.AddHybridAgentsCore();
        services.AddHybridAgentsOptions(builder.Configuration);
        AddProviders(services, builder.Configuration);
        services.AddHybridAgentsOrchestrations();
        services.AddHybridAgentsApi(builder.Configuration);
        services.AddHybridAgentsTelemetry(builder.Configuration);
        services.AddHostedService<AdminKeySeed>();
    }

    private static void AddProviders(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<TokenCredential>(static _ => new DefaultAzureCredential());
        services.AddSingleton<AuthenticationTokenProvider>(static provider => provider.GetRequiredService<TokenCredential>());
        services.AddSingleton<IAzureOpenAIConnector, AzureOpenAIByVersion>();
        services.AddHybridAgentsProviders(configuration);
    }

    private static void AddTables(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AzureTablesOptions>().Bind(configuration.GetSection(AzureTablesOptions.Section)).ValidateDataAnnotations().ValidateOnStart()
            .PostConfigure(options =>
            {
                options.ConnectionString ??= configuration["AzureWebJobsStorage"];
                if (string.IsNullOrWhiteSpace(options.ConnectionString) && Uri.TryCreate(configuration["AzureWebJobsStorage:tableServiceUri"], UriKind.Absolute, out Uri? address))
                    options.ServiceUri ??= address;
            });
        services.AddSingleton<ITableStore>(static provider => new AzureTableStore(provider.GetRequiredService<IOptions<AzureTablesOptions>>()));
    }

    private static void AddDurableTask(IServiceCollection services)
    {
        services.AddSingleton(new DurableRegistry().AddActivity<LinkChild>(LinkChild.Name));
        services.AddSingleton<InstanceTable>();
        services.AddSingleton<OrchestratorRunner>();
        services.AddSingleton<ActivityRunner>();
        services.AddSingleton<DurableTaskClientSource>();
        services.AddSingleton<IDurableClient, DurableTaskDurableClient>();
        services.AddSingleton<CancelWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<CancelWatch>());
    }
}
