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
        ImageReader images = new(faults);
        foreach (JsonElement item in body.Items("messages"))
        {
            string path = $"messages[{messages.Count}]";
            Message message = ReadOne(item, path, images, faults);
            order.Next(message, path);
            messages.Add(message);
        }

        order.End();
        return messages;
    }

    private static Message ReadOne(JsonElement item, string path, ImageReader images, Faults faults)
    {
        MessageRole role = item.Text("role") switch
        {
            "system" or "developer" => MessageRole.System,
            "user" => MessageRole.User,
            "assistant" => MessageRole.Assistant,
            _ => MessageRole.Tool,
        };
        List<ToolCall> calls = role == MessageRole.Assistant ? [.. item.Items("tool_calls").Select(MessageReader.ReadCall)] : [];
        (string? text, IReadOnlyList<MessageImage>? seen) = ReadContent(item, role, $"{path}.content", images, faults);
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

    private static (string? Text, IReadOnlyList<MessageImage>? Images) ReadContent(JsonElement item, MessageRole role, string path, ImageReader images, Faults faults)
    {
        if (item.Field("content") is not { } content)
            return (null, null);
        if (content.ValueKind == JsonValueKind.String)
            return (content.GetString(), null);
        List<string> texts = [];
        List<MessageImage> seen = [];
        int length = 0, index = 0;
        foreach (JsonElement part in content.EnumerateArray())
        {
            string at = $"{path}[{index++}]";
            if (part.Text("type") != "image_url")
            {
                texts.Add(part.Text("text") ?? part.Text("refusal") ?? "");
                length += texts[^1].Length + (texts.Count > 1 ? 1 : 0);
            }
            else if (role != MessageRole.User)
                faults.Add($"{at}.type", "may be image_url in a message of the user only");
            else if (part.Field("image_url") is not { } image)
                faults.Add($"{at}.image_url", "is required with type image_url");
            else if (images.Read(image.Text("url")!, image.Text("detail"), length, $"{at}.image_url.url") is { } read)
                seen.Add(read);
        }

        return (string.Join('\n', texts), seen.Count > 0 ? seen : null);
    }
}
