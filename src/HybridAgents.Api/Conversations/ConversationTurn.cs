using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Conversations;

/// <summary>What binds a run to a conversation: the fields of its body, and why it may be refused.</summary>
internal static class ConversationTurn
{
    /// <summary>The field that says what to do while another turn has the conversation.</summary>
    public const string StrategyField = "multitask_strategy";

    private const string Enqueue = "enqueue";
    private const string Prefix = "conv_";

    /// <summary>Gets its words: <c>reject</c>, which is the default, and <c>enqueue</c>.</summary>
    public static TextSchema StrategySchema { get; } = TextSchema.OneOf("reject", Enqueue);

    public static bool Waits(JsonElement body) => body.Text(StrategyField) == Enqueue;

    /// <summary>Whether a text has the form of a conversation's id.</summary>
    public static bool IsId(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && RunId.IsValid("run_" + text[Prefix.Length..]);

    /// <summary>The conversation that a run's body names: <c>conversation_id</c>, or a <c>metadata.session_id</c> that has the form of one. Any other session is the caller's own word.</summary>
    public static string? Read(JsonElement body, JsonElement? metadata, Faults faults)
    {
        string? session = metadata is { ValueKind: JsonValueKind.Object } data && data.Field("session_id") is { ValueKind: JsonValueKind.String } value && IsId(value.GetString()!) ? value.GetString() : null;
        if (body.Text("conversation_id") is not { } id)
            return session;
        if (session is not null && session != id)
            faults.Add("metadata.session_id", "names another conversation than conversation_id");
        return id;
    }

    public static ApiError NotFound(string id) => ApiErrors.NotFound($"There is no conversation '{ApiErrors.Shorten(id)}'.");

    public static ApiError Busy() =>
        ApiErrors.Conflict($"Another turn has the conversation; wait for it, cancel it, or ask with \"{StrategyField}\": \"{Enqueue}\".") with { RetryAfter = TimeSpan.FromSeconds(1) };

    public static ApiError QueueFull() => ApiErrors.Conflict("As many turns wait for the conversation as may.") with { RetryAfter = TimeSpan.FromSeconds(5) };
}
