using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Turns;

/// <summary>Reads messages to agents out of bodies that their schemas have checked.</summary>
public sealed class ChatTurnReader(RunRequestReader reader)
{
    /// <summary>A message in the conversation of <c>session_id</c>, with what the body says of agent, model and sampling.</summary>
    internal ChatTurn Plain(HttpContext http, JsonElement root) => Read(root, "session_id", root.Text("provider"), async known => Sampled(root, await AgentAsync(http, root, known)) with
    {
        Model = ModelOf(root) ?? "auto",
    });

    /// <summary>A message.</summary>
    /// <param name="root">The body.</param>
    /// <param name="conversation">The field that names the conversation.</param>
    /// <param name="provider">The provider that is asked for; null for any.</param>
    /// <param name="agent">Who answers, given the agent that the conversation names.</param>
    /// <exception cref="RequestRefusedException">There is no message (400).</exception>
    internal static ChatTurn Read(JsonElement root, string conversation, string? provider, Func<(string? AgentId, string? AgentType), Task<AgentConfig>> agent)
    {
        if (string.IsNullOrWhiteSpace(root.Text("message")))
            throw new RequestRefusedException(ApiErrors.Invalid("message", "must not be empty"));
        RoutingPreferences routing = root.Field("routing_preferences") is { } preferences ? RoutingPreferencesBody.Read(preferences, new()) : new();
        // With a model the provider is part of its name; alone, it narrows the choice.
        bool named = provider is null || provider.Equals("auto", StringComparison.OrdinalIgnoreCase);
        return new(root.Text("message")!, root.Text(conversation), ConversationTurn.Waits(root), agent, named ? routing : routing with { ForceProvider = routing.ForceProvider ?? provider });
    }

    internal static AgentConfig Sampled(JsonElement values, AgentConfig agent) =>
        agent with { Temperature = values.Field("temperature")?.GetDouble() ?? agent.Temperature, MaxTokens = values.Integer("max_tokens") ?? agent.MaxTokens };

    internal static string? ModelOf(JsonElement values) => values.Text("model") is not { } model ? null
        : values.Text("provider") is { } provider && !provider.Equals("auto", StringComparison.OrdinalIgnoreCase) ? $"{provider}:{model}" : model;

    /// <summary>The agent that the body names; else the conversation's; else the general one.</summary>
    private Task<AgentConfig> AgentAsync(HttpContext http, JsonElement root, (string? AgentId, string? AgentType) known)
    {
        JsonElement named = root.Field("agent_type") is { } type ? JsonSerializer.SerializeToElement(new { agent_type = type })
            : JsonSerializer.SerializeToElement(new { agent_id = known.AgentId, agent_type = known.AgentType });
        return reader.ReadAgentAsync(named, ApiCaller.Of(http).Tenant, http.RequestAborted);
    }
}
