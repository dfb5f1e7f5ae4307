using System.Text.Json;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Core.Models;

/// <summary>One call of a model: the exact content that is scanned, cleared and sent.</summary>
public sealed record ModelRequest
{
    /// <summary>Gets the model.</summary>
    public required ModelRef Model { get; init; }

    /// <summary>Gets whose call it is: answers are remembered for a tenant alone. Never sent; null for nobody's.</summary>
    public string? Tenant { get; init; }

    /// <summary>Gets the messages, system prompt first.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Gets the tools on offer; empty for none.</summary>
    public IReadOnlyList<ToolSpec> Tools { get; init; } = [];

    /// <summary>Gets the temperature, 0 to 2; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the most completion tokens; null leaves it to the model.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Gets whether the model may answer with several tool calls at once.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>Gets what else is asked of the answer.</summary>
    public AnswerOptions Options { get; init; } = AnswerOptions.None;
}

/// <summary>A tool as a model sees it.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Parameters">JSON Schema of its arguments: an object schema.</param>
/// <param name="Strict">Whether the model must follow the schema exactly; null leaves it to the provider.</param>
public sealed record ToolSpec(string Name, string Description, JsonElement Parameters, bool? Strict = null);

/// <summary>A caller's own credential for one call: never stored, logged, traced or remembered, and without any effect on where a model counts as running.</summary>
/// <param name="Provider">The provider that it is for, lower case; it is sent to no other.</param>
/// <param name="ApiKey">The secret.</param>
public sealed record ProviderCredential(string Provider, string ApiKey)
{
    /// <summary>The provider only.</summary>
    public override string ToString() => $"credential for {Provider}";
}
