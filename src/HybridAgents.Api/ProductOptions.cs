using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api;

/// <summary>Settings of the shared code, bound alike on every host.</summary>
public static class ProductOptions
{
    /// <summary>Binds the sections <c>Privacy</c>, <c>Routing</c>, <c>Knowledge</c>, <c>Tools</c>, <c>Runs</c>, <c>Conversations</c> and <c>Webhooks</c>.</summary>
    public static IServiceCollection AddHybridAgentsOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PrivacyOptions>().Bind(configuration.GetSection("Privacy"));
        services.AddOptions<RoutingOptions>().Bind(configuration.GetSection("Routing"));
        services.AddOptions<KnowledgeOptions>().Bind(configuration.GetSection("Knowledge"));
        services.AddOptions<ToolOptions>().Bind(configuration.GetSection("Tools"));
        services.AddOptions<RunOptions>().Bind(configuration.GetSection("Runs")).ValidateOnStart();
        services.AddOptions<ConversationOptions>().Bind(configuration.GetSection("Conversations")).ValidateOnStart();
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection("Webhooks")).ValidateOnStart();
        return services;
    }
}
