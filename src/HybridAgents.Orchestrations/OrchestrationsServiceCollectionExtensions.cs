using HybridAgents.Core.Conversations;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Tasks;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Http;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Embeddings;
using HybridAgents.Orchestrations.Knowledge;
using HybridAgents.Orchestrations.Mcp;
using HybridAgents.Orchestrations.Memory;
using HybridAgents.Orchestrations.ModelJobs;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Runs.Sweeping;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Tasks;
using HybridAgents.Orchestrations.Tools;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.Orchestrations.Webhooks;
using HybridAgents.Orchestrations.Workflows;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of agent runs.</summary>
public static class OrchestrationsServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IAgentRuns"/> and <see cref="IToolExecutions"/>, the orchestrators and activities behind them, their sweepers, and the tools that keep something in tables. Needs a durable engine (client and tables), the core, and the providers.
    /// </summary>
    public static IServiceCollection AddHybridAgentsOrchestrations(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RunOptions>().Validate(
            options => options.RetentionDays is >= 1 and <= RunOptions.MaxRetentionDays, $"Runs:RetentionDays must be 1 to {RunOptions.MaxRetentionDays} days.")
            .Validate(options => options.Temperature is null or (>= 0 and <= 2), "Runs:Temperature (or TEMPERATURE) must be 0 to 2.")
            .Validate(options => options.MaxTokens is >= 1 and <= RunOptions.MostTokens, $"Runs:MaxTokens (or MAX_TOKENS) must be 1 to {RunOptions.MostTokens}.");
        services.AddOptions<ConversationOptions>().Validate(
            options => options.RetentionDays is null or (>= 1 and <= ConversationOptions.MaxRetentionDays),
            $"Conversations:RetentionDays must be 1 to {ConversationOptions.MaxRetentionDays} days, or absent to keep conversations until they are deleted.");
        services.AddOptions<WebhookOptions>().Validate(
            options => options.Secret is not { } secret || WebhookMessage.IsSecret(secret),
            "Webhooks:Secret is too short or malformed; allowed: whsec_ and base 64, or any other text of at least 16 characters.");
        services.AddSingleton<RunSignals>();
        services.AddSingleton<RunLog>();
        services.AddSingleton<RunRequests>();
        services.AddSingleton<RunIndex>();
        services.AddSingleton<IdempotencyTable>();
        services.AddSingleton<Mailbox>();
        services.AddSingleton<TranscriptTails>();
        services.AddSingleton<Transcript>();
        services.AddSingleton<CatalogueArchive>();
        services.AddSingleton<JobRows>();
        services.AddSingleton<TurnPlanner>();
        services.AddSingleton<ConversationRows>();
        services.AddSingleton<ConversationTurns>();
        services.AddSingleton<Openings>();
        services.AddSingleton<OpeningBuilder>();
        services.AddSingleton<LocalModel>();
        services.AddSingleton<ConversationRemover>();
        services.AddSingleton<ConversationSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<ConversationSweeper>());
        services.AddSingleton<IConversations, ConversationService>();
        services.AddSingleton<IConversationStates, ConversationStates>();
        services.AddSingleton<ToolCallReader>();
        services.AddSingleton<WorkflowCallReader>();
        services.AddSingleton<StepResults>();
        services.AddSingleton<WorkflowStore>();
        services.AddSingleton<WorkflowResolver>();
        services.AddSingleton<IRunEvents, RunEvents>();
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
        services.AddSingleton<IRoutingQuestions, RoutingQuestions>();
        services.TryAddSingleton<ITaskStore, TableTaskStore>();
        services.TryAddSingleton<IMemoryStore, TableMemoryStore>();
        services.TryAddSingleton<IDocumentStore, TableDocumentStore>();
        services.TryAddSingleton<ITextEmbedder>(static provider =>
            new TextEmbedder(provider.GetRequiredService<IOptions<KnowledgeOptions>>(), provider.GetRequiredService<IEmbeddings>)); // Not every host has a provider of vectors.
        services.AddSingleton<VectorSignal>().AddSingleton<DocumentVectors>().AddSingleton<VectorSweeper>();
        services.AddSingleton<ITool, ListTasksTool>().AddSingleton<ITool, CreateTaskTool>().AddSingleton<ITool, UpdateTaskTool>().AddSingleton<ITool, DeleteTaskTool>();
        services.AddSingleton<ITool, RememberTool>().AddSingleton<ITool, RecallTool>().AddSingleton<ITool, UpdateConversationStateTool>();
        services.AddSingleton<HttpToolClients>().AddSingleton<RegisteredTools>();
        services.AddSingleton<IToolSource>(provider => provider.GetRequiredService<RegisteredTools>());
        services.AddSingleton<McpServers>();
        services.AddSingleton<IToolSource>(provider => provider.GetRequiredService<McpServers>());
        services.AddSingleton<IToolExecutions, ToolExecutionService>();
        services.AddSingleton<ToolExecutionSweeper>();
        services.AddSingleton<IBudgets, BudgetLedger>();
        services.AddSingleton<BudgetSweeper>();
        services.AddSingleton<IUsage, UsageLedger>();
        services.AddSingleton<UsageSweeper>();
        services.AddSingleton<RunSweeper>();
        services.AddSingleton<RetentionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<RunSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<BudgetSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<UsageSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<ToolExecutionSweeper>());
        services.AddHostedService(provider => provider.GetRequiredService<VectorSweeper>());
        services.AddHybridAgentsChat();
        RegistryOf(services)
            .AddOrchestrator<AgentRunOrchestrator>(AgentRunNames.Orchestrator, AgentRunNames.Version)
            .AddActivity<PrepareRun>(AgentRunNames.PrepareRun)
            .AddActivity<KeepTurn>(TurnKeeping.Keep)
            .AddActivity<DescribeConversation>(TurnKeeping.Describe)
            .AddActivity<RememberTurn>(TurnKeeping.Remember)
            .AddActivity<CallModel>(AgentRunNames.CallModel)
            .AddActivity<ExecuteTool>(AgentRunNames.ExecuteTool)
            .AddActivity<ParkRun>(AgentRunNames.ParkRun)
            .AddActivity<WakeRun>(AgentRunNames.WakeRun)
            .AddActivity<FinalizeRun>(AgentRunNames.FinalizeRun)
            .AddActivity<CloseSubRun>(AgentRunNames.CloseSubRun)
            .AddOrchestrator<ModelPull>(ModelJobNames.Pull, ModelJobNames.Version)
            .AddActivity<PullModel>(ModelJobNames.PullSlice)
            .AddOrchestrator<ModelBenchmark>(ModelJobNames.Benchmark, ModelJobNames.Version)
            .AddActivity<BenchmarkModel>(ModelJobNames.BenchmarkSlice)
            .AddOrchestrator<WorkflowRunOrchestrator>(WorkflowNames.Orchestrator, WorkflowNames.Version)
            .AddActivity<AdvanceWorkflow>(WorkflowNames.Advance)
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
