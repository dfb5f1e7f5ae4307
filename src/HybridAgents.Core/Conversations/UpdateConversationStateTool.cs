using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Conversations;

/// <summary>Keeps what is understood of conversations.</summary>
public interface IConversationStates
{
    /// <summary>Changes a conversation's state by an analysis; null if there is no such conversation.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="analysis">See <see cref="ConversationState.With"/>.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<ConversationState?> UpdateAsync(string tenant, string conversationId, JsonElement analysis, CancellationToken cancellationToken);
}

/// <summary>The tool <c>update_conversation_state</c>: the agent's own analysis of the conversation, which its next turns begin with.</summary>
/// <param name="states">Keeps it.</param>
public sealed class UpdateConversationStateTool(IConversationStates states) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "update_conversation_state",
        Description = "Notes what the newest message changes about the conversation: its topic and stage, what the user prefers, which questions are open, and how satisfied the user seems.",
        Effect = ToolEffect.Idempotent,
        Sequential = true,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "current_topic": { "type": "string", "maxLength": 200, "description": "What it is about now" },
                "conversation_stage": { "type": "string", "enum": ["opening", "exploring", "focusing", "concluding"] },
                "detected_preferences": { "type": "object", "description": "What the user likes and wants, by name; null takes one back" },
                "open_questions": { "type": "array", "items": { "type": "string", "maxLength": 200 }, "maxItems": 20, "description": "All that are still unanswered" },
                "satisfaction_estimate": { "type": "number", "minimum": 0, "maximum": 1 }
              },
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) =>
        call.ConversationId is not { } conversation
            ? new("Noted for this answer; the run is no turn of a conversation, so nothing is kept.")
            : await states.UpdateAsync(call.Tenant, conversation, call.Arguments, cancellationToken) is { } state
                ? new(state.Describe())
                : ToolOutput.Error("The conversation is gone.");
}
