using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Chat;

/// <summary>Reads messages in OpenAI's form; several text parts of a content become one text, a line each, and images keep their place in it. A developer is what a system was before.</summary>
internal static class ChatMessageReader
{
    public static IReadOnlyList<Message> Read(JsonElement body, Faults faults)
    {
        List<Message> messages = [];
        ToolCallOrder order = new(faults);
        ContentReader contents = new(faults, "image_url", ImageOf);
        foreach (JsonElement item in body.Items("messages"))
        {
            string path = $"messages[{messages.Count}]";
            Message message = ReadOne(item, path, contents, faults);
            order.Next(message, path);
            messages.Add(message);
        }

        order.End();
        return messages;
    }

    private static Message ReadOne(JsonElement item, string path, ContentReader contents, Faults faults)
    {
        MessageRole role = item.Text("role") switch
        {
            "system" or "developer" => MessageRole.System,
            "user" => MessageRole.User,
            "assistant" => MessageRole.Assistant,
            _ => MessageRole.Tool,
        };
        List<ToolCall> calls = role == MessageRole.Assistant ? [.. item.Items("tool_calls").Select(MessageReader.ReadCall)] : [];
        (string? text, IReadOnlyList<MessageImage>? seen) = contents.Read(item, "content", role, path);
        Message message = new()
        {
            Role = role,
            Content = text ?? item.Text("refusal"),
            Images = seen,
            Name = item.Text("name"),
            ToolCallId = role == MessageRole.Tool ? item.Text("tool_call_id") : null,
            ToolCalls = calls.Count > 0 ? calls : null,
        };
        if (message is { Content: null, ToolCalls: null })
            faults.Add($"{path}.content", role == MessageRole.Assistant ? "is required on an assistant message without tool_calls" : "is required");
        return message;
    }

    /// <summary>What a part says of its image, in OpenAI's form.</summary>
    internal static ImagePart ImageOf(JsonElement part) =>
        part.Field("image_url") is { } image ? new(image.Text("url"), image.Text("detail"), "image_url.url") : new(null, null, "image_url");
}
