using System.Text.Json;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Runs;

/// <summary>Reads the messages of a request and checks what a schema cannot: which fields a role has, and that every tool call has exactly one result.</summary>
internal static class MessageReader
{
    public static IReadOnlyList<Message> Read(JsonElement body, Faults faults)
    {
        List<Message> messages = [];
        ToolCallOrder order = new(faults);
        ContentReader contents = new(faults, "image_url", ChatMessageReader.ImageOf);
        foreach (JsonElement item in body.Items("messages"))
        {
            string path = $"messages[{messages.Count}]";
            Message message = ReadOne(item, path, contents, faults);
            order.Next(message, path);
            messages.Add(message);
        }

        if (!order.IsOpen && messages.Count > 0 && messages[^1].Role is not (MessageRole.User or MessageRole.Tool))
            faults.Add($"messages[{messages.Count - 1}].role", "must be user or tool on the last message: there is nothing to answer");
        order.End();
        return messages;
    }

    private static Message ReadOne(JsonElement item, string path, ContentReader contents, Faults faults)
    {
        MessageRole role = item.Text("role") switch
        {
            "system" => MessageRole.System,
            "user" => MessageRole.User,
            "assistant" => MessageRole.Assistant,
            _ => MessageRole.Tool,
        };
        (string? text, IReadOnlyList<MessageImage>? images) = contents.Read(item, "content", role, path);
        Message message = new()
        {
            Role = role,
            Content = text,
            Images = images,
            Name = item.Text("name"),
            ToolCallId = item.Text("tool_call_id"),
            ToolCalls = item.Items("tool_calls").Select(ReadCall).ToList() is { Count: > 0 } calls ? calls : null,
        };
        if (text is { Length: > RunRequestSchema.MaxText } && text.EnumerateRunes().Count() > RunRequestSchema.MaxText)
            faults.Add($"{path}.content", $"must have at most {RunRequestSchema.MaxText} characters of text in all");
        if (role is MessageRole.System or MessageRole.User && images is null && string.IsNullOrWhiteSpace(message.Content))
            faults.Add($"{path}.content", "must not be empty");
        if (role == MessageRole.Tool && message.Content is null)
            faults.Add($"{path}.content", "is required on a tool message");
        if (role == MessageRole.Assistant && message is { Content: null, ToolCalls: null })
            faults.Add($"{path}.content", "is required on an assistant message without tool_calls");
        if (role != MessageRole.Assistant && message.ToolCalls is not null)
            faults.Add($"{path}.tool_calls", "is allowed on assistant messages only");
        if (role != MessageRole.Tool && message.ToolCallId is not null)
            faults.Add($"{path}.tool_call_id", "is allowed on tool messages only");
        return message;
    }

    /// <summary>Reads a tool call that its schema has checked.</summary>
    internal static ToolCall ReadCall(JsonElement call)
    {
        JsonElement function = call.GetProperty("function");
        return new(call.Text("id")!, function.Text("name")!, function.Text("arguments")!);
    }
}
