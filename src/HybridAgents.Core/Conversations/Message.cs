using System.Text.Json.Serialization;

namespace HybridAgents.Core.Conversations;

/// <summary>Who speaks.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<MessageRole>))]
public enum MessageRole
{
    System,
    User,
    Assistant,
    Tool,
}

/// <summary>One message of a conversation, in the form that is stored and sent to every provider.</summary>
/// <remarks>An assistant message with tool calls always precedes the tool messages that answer them, one for each call id.</remarks>
public sealed record Message
{
    /// <summary>Gets who speaks.</summary>
    public required MessageRole Role { get; init; }

    /// <summary>Gets the text; null on an assistant message that only calls tools.</summary>
    public string? Content { get; init; }

    /// <summary>Gets the images of a user's message, in the order of their places in the text; null if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MessageImage>? Images { get; init; }

    /// <summary>Gets the calls of an assistant message, in order; null if there are none.</summary>
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }

    /// <summary>Gets the call that a tool message answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Gets the speaker's name, or the tool's on a tool message.</summary>
    public string? Name { get; init; }

    public static Message System(string text) => new() { Role = MessageRole.System, Content = text };

    public static Message User(string text) => new() { Role = MessageRole.User, Content = text };

    public static Message Assistant(string? text, IReadOnlyList<ToolCall>? calls = null) =>
        new() { Role = MessageRole.Assistant, Content = text, ToolCalls = calls is { Count: > 0 } ? calls : null };

    public static Message ToolResult(ToolCall call, string text) => new() { Role = MessageRole.Tool, Content = text, ToolCallId = call.Id, Name = call.Name };
}

/// <summary>A model's wish to run a tool.</summary>
/// <param name="Id">Unique within the conversation.</param>
/// <param name="Name">The tool's name as the model wrote it; it may be unknown.</param>
/// <param name="Arguments">JSON text as the model wrote it; it may not parse.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);
