using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Embeddings;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of chat completions.</summary>
public static class ChatServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IChatService"/> with its log. Needs tables, the core, and the providers; part of <c>AddHybridAgentsOrchestrations</c>.</summary>
    public static IServiceCollection AddHybridAgentsChat(this IServiceCollection services)
    {
        services.AddSingleton<ChatModels>();
        services.AddSingleton<ChatPlanner>();
        services.AddSingleton<ChatLog>();
        services.AddSingleton<ChatSweeper>();
        services.AddSingleton<IChatService, ChatService>();
        services.AddSingleton<IEmbeddings, EmbeddingService>();
        services.AddHostedService(static provider => provider.GetRequiredService<ChatLog>());
        services.AddHostedService(static provider => provider.GetRequiredService<ChatSweeper>());
        return services;
    }
}
