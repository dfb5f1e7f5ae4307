using HybridAgents.Api.Agents;
using HybridAgents.Api.Analytics;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Embeddings;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Health;
using HybridAgents.Api.Keys;
using HybridAgents.Api.Knowledge;
using HybridAgents.Api.Mcp;
using HybridAgents.Api.Memory;
using HybridAgents.Api.Metrics;
using HybridAgents.Api.Models;
using HybridAgents.Api.OpenApi;
using HybridAgents.Api.Providers;
using HybridAgents.Api.Responses;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;
using HybridAgents.Api.SystemState;
using HybridAgents.Api.Tasks;
using HybridAgents.Api.Tools;
using HybridAgents.Api.Turns;
using HybridAgents.Api.Workflows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api;

/// <summary>Registers the API.</summary>
public static class ApiServiceCollectionExtensions
{
    /// <summary>Adds the routes with all that they need but runs, tables, models and tools, which the host brings.</summary>
    public static IServiceCollection AddHybridAgentsApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AuthOptions>().Bind(configuration.GetSection(AuthOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddSingleton<ApiKeyStore>().AddSingleton<ApiAuthenticator>().AddSingleton<RequestEnvelope>();
        services.AddHybridAgentsStoredConfiguration();
        services.AddSingleton<MetricsCollector>().AddSingleton<ConnectionTest>();
        services.AddSingleton<AgentChat>();
        services.AddSingleton<RunRequestReader>().AddSingleton<RunAcceptance>().AddSingleton<AgentReader>();
        services.AddSingleton<WorkflowReader>();
        services.AddSingleton<McpAgents>();
        services.AddSingleton<IHealthProbe, StorageProbe>().AddSingleton<IHealthProbe, ProviderProbe>();
        services
            .AddSingleton<IApiRoutes, HealthRoutes>()
            .AddSingleton<IApiRoutes, MetricsRoutes>()
            .AddSingleton<IApiRoutes, StartRunRoutes>()
            .AddSingleton<IApiRoutes, RepeatRunRoutes>()
            .AddSingleton<IApiRoutes, ReadRunRoutes>()
            .AddSingleton<IApiRoutes, RunEventRoutes>()
            .AddSingleton<IApiRoutes, ControlRunRoutes>()
            .AddSingleton<IApiRoutes, AnswerRunRoutes>()
            .AddSingleton<IApiRoutes, AgentRoutes>()
            .AddSingleton<IApiRoutes, AgentChatRoutes>()
            .AddSingleton<IApiRoutes, ConversationRoutes>()
            .AddSingleton<IApiRoutes, ConversationTurnRoutes>()
            .AddSingleton<IApiRoutes, AgentHistoryRoutes>()
            .AddSingleton<IApiRoutes, WorkflowRoutes>()
            .AddSingleton<IApiRoutes, WorkflowViewRoutes>()
            .AddSingleton<IApiRoutes, WorkflowRunRoutes>()
            .AddSingleton<IApiRoutes, ToolRoutes>()
            .AddSingleton<IApiRoutes, ExecuteToolRoutes>()
            .AddSingleton<IApiRoutes, RegisterToolRoutes>()
            .AddSingleton<IApiRoutes, McpServerRoutes>()
            .AddSingleton<IApiRoutes, McpRoutes>()
            .AddSingleton<IApiRoutes, TaskRoutes>()
            .AddSingleton<IApiRoutes, MemoryRoutes>()
            .AddSingleton<IApiRoutes, KnowledgeRoutes>()
            .AddSingleton<IApiRoutes, ModelRoutes>()
            .AddSingleton<IApiRoutes, ConnectionRoutes>()
            .AddSingleton<IApiRoutes, ModelJobRoutes>()
            .AddSingleton<IApiRoutes, ProviderRoutes>()
            .AddSingleton<IApiRoutes, SystemRoutes>()
            .AddSingleton<IApiRoutes, ConfigRoutes>()
            .AddSingleton<IApiRoutes, OpenAIModelRoutes>()
            .AddSingleton<IApiRoutes, ChatRoutes>()
            .AddSingleton<ChatTurnReader>()
            .AddSingleton<SessionChat>()
            .AddSingleton<ResponseService>()
            .AddSingleton<IApiRoutes, ResponseRoutes>()
            .AddSingleton<IApiRoutes, EmbeddingRoutes>()
            .AddSingleton<IApiRoutes, ExplainRoutes>()
            .AddSingleton<IApiRoutes, RecommendRoutes>()
            .AddSingleton<IApiRoutes, KeyRoutes>()
            .AddSingleton<IApiRoutes, AnalyticsRoutes>()
            .AddSingleton<IApiRoutes, OpenApiRoutes>();
        services.AddSingleton<ApiRouteTable>();
        return services;
    }
}
