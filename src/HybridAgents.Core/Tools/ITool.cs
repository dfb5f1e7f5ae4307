using System.Text.Json;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tools;

/// <summary>Something that an agent can do.</summary>
public interface ITool
{
    /// <summary>Gets what it declares.</summary>
    ToolDefinition Definition { get; }

    /// <summary>Runs it on arguments that fit its schema.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Fires on cancel and on time-out.</param>
    /// <returns>What the model is told. An expected failure (not found, division by zero) is an error output, not an exception.</returns>
    Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken);
}

/// <summary>One call of a tool.</summary>
/// <param name="Arguments">A JSON object that fits the tool's schema.</param>
/// <param name="IdempotencyKey">The same for every execution of this call.</param>
/// <param name="Tenant">Whose data it may see.</param>
/// <param name="Label">The label of the conversation and of the arguments: a tool that keeps something keeps this with it.</param>
/// <param name="ConversationId">The conversation that the calling run is a turn of; null for none.</param>
public sealed record ToolInvocation(JsonElement Arguments, string IdempotencyKey, string Tenant, PrivacyLabel Label = PrivacyLabel.Standard, string? ConversationId = null);

/// <summary>What a tool answered.</summary>
/// <param name="Content">Text for the model.</param>
/// <param name="IsError">Whether it failed in an expected way.</param>
/// <param name="Label">The least label of what reads it; what the text itself demands comes on top.</param>
public sealed record ToolOutput(string Content, bool IsError = false, PrivacyLabel Label = PrivacyLabel.Standard)
{
    /// <summary>An expected failure.</summary>
    public static ToolOutput Error(string message) => new(message, IsError: true);
}
