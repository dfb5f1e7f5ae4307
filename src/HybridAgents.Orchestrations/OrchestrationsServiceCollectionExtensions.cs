using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Runs.Sweeping;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Tools;
using HybridAgents.Orchestrations.Webhooks;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of agent runs.</summary>
public static class OrchestrationsServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IAgentRuns"/>, the orchestrator and activities behind it, and its sweepers. Needs a durable engine (client and tables), the core, and the providers.
    /// </summary>
    public static IServiceCollection AddHybridAgentsOrchestrations(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RunOptions>().Validate(
            options => options.RetentionDays is >= 1 and <= RunOptions.MaxRetentionDays, $"Runs:RetentionDays must be 1 to {RunOptions.MaxRetentionDays} days.");
        services.AddOptions<WebhookOptions>().Validate(
            options => options.Secret is not { } secret || WebhookMessage.IsSecret(secret),
            "Webhooks:Secret is too short or malformed; allowed: whsec_ and base 64, or any other text of at least 16 characters.");
        services.AddSingleton<RunSignals>();
        services.AddSingleton<RunLog>();
        services.AddSingleton<RunRequests>();
        services.AddSingleton<RunIndex>();
        services.AddSingleton<IdempotencyTable>();
        services.AddSingleton<Mailbox>();
        services.AddSingleton<Transcript>();
        services.AddSingleton<TurnPlanner>();
        services.AddSingleton<ToolCallReader>();
        services.AddSingleton<SubRunStore>();
        services.AddSingleton<DelegationStep>();
        services.AddSingleton<Questions>();
        services.AddSingleton<AgentStore>();
        services.AddSingleton<AgentResolver>();
        services.AddSingleton<RunProjection>();
        services.AddSingleton<RunPurger>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunReader>();
        services.AddSingleton<RunSources>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<RunCloser>();
        services.AddSingleton<RunControl>();
        services.AddSingleton<IAgentRuns, AgentRunService>();
        services.AddSingleton<IToolExecutions, ToolExecutionService>();
        services.AddSingleton<ToolExecutionSweeper>();
        services.AddSingleton<RunSweeper>();
        services.AddSingleton<RetentionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<RunSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<ToolExecutionSweeper>());
        RegistryOf(services)
            .AddOrchestrator<AgentRunOrchestrator>(AgentRunNames.Orchestrator, AgentRunNames.Version)
            .AddActivity<CallModel>(AgentRunNames.CallModel)
            .AddActivity<ExecuteTool>(AgentRunNames.ExecuteTool)
            .AddActivity<ParkRun>(AgentRunNames.ParkRun)
            .AddActivity<WakeRun>(AgentRunNames.WakeRun)
            .AddActivity<FinalizeRun>(AgentRunNames.FinalizeRun)
            .AddActivity<CloseSubRun>(AgentRunNames.CloseSubRun)
            .AddOrchestrator<WebhookDelivery>(WebhookDelivery.Orchestrator, WebhookDelivery.Version)
            .AddActivity<SendWebhook>(WebhookDelivery.Activity)
            .AddOrchestrator<ToolExecution>(ToolExecution.Name, ToolExecution.Version)
            .AddActivity<InvokeTool>(ToolExecution.Activity);
        return services;
    }

    /// <summary>The host's registry: the one that is there, or a new one that an engine added later will take.</summary>
    private static DurableRegistry RegistryOf(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(DurableRegistry))?.ImplementationInstance is DurableRegistry registry)
            return registry;
        registry = new();
        services.Replace(ServiceDescriptor.Singleton(registry));
        return registry;
    }
}
