using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Chat;

/// <summary>Reads messages in OpenAI's form; several text parts of a content become one text, a line each. A developer is what a system was before.</summary>
internal static class ChatMessageReader
{
    public static IReadOnlyList<Message> Read(JsonElement body, Faults faults)
    {
        List<Message> messages = [];
        ToolCallOrder order = new(faults);
        foreach (JsonElement item in body.Items("messages"))
        {
            string path = $"messages[{messages.Count}]";
            Message message = ReadOne(item, path, faults);
            order.Next(message, path);
            messages.Add(message);
        }

        order.End();
        return messages;
    }

    private static Message ReadOne(JsonElement item, string path, Faults faults)
    {
        MessageRole role = item.Text("role") switch
        {
            "system" or "developer" => MessageRole.System,
            "user" => MessageRole.User,
            "assistant" => MessageRole.Assistant,
            _ => MessageRole.Tool,
        };
        List<ToolCall> calls = role == MessageRole.Assistant ? [.. item.Items("tool_calls").Select(MessageReader.ReadCall)] : [];
        Message message = new()
        {
            Role = role,
            Content = Content(item) ?? item.Text("refusal"),
            Name = item.Text("name"),
            ToolCallId = role == MessageRole.Tool ? item.Text("tool_call_id") : null,
            ToolCalls = calls.Count > 0 ? calls : null,
        };
        if (message is { Content: null, ToolCalls: null })
            faults.Add($"{path}.content", role == MessageRole.Assistant ? "is required on an assistant message without tool_calls" : "is required");
        return message;
    }

    private static string? Content(JsonElement item) => item.Field("content") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } parts => string.Join('\n', parts.EnumerateArray().Select(static part => part.Text("text") ?? part.Text("refusal") ?? "")),
    };
}
