using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Routing;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>A validated chat completion: one model call, not a run.</summary>
public sealed record ChatRequest
{
    /// <summary>Gets the conversation; at least one message.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Gets the tools that the caller runs itself.</summary>
    public IReadOnlyList<ToolSpec> Tools { get; init; } = [];

    /// <summary>Gets whether the answer may have several tool calls.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>Gets the temperature, 0 to 2; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the most completion tokens; null leaves it to the model.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets what else is asked of the answer.</summary>
    public AnswerOptions Options { get; init; } = AnswerOptions.None;

    /// <summary>Gets the model: <c>auto</c>, <c>provider:model</c> or a bare name.</summary>
    public string Model { get; init; } = "auto";

    /// <summary>Gets the caller's own credential: only models of its provider are then asked; null for the host's credentials.</summary>
    public ProviderCredential? Credential { get; init; }

    /// <summary>Gets how models are chosen.</summary>
    public RoutingPreferences Routing { get; init; } = new();

    /// <summary>Gets what a model must know beyond text, tools and temperature.</summary>
    public ModelFeatures Needs => ModelNeeds.Of(Options, Messages);

    /// <summary>Gets whether the messages hold images.</summary>
    public bool HasImages => Messages.Any(static message => message.Images is { Count: > 0 });
}
