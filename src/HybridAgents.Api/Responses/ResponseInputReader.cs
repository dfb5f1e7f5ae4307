using System.Text.Json;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Responses;

/// <summary>Reads input items as messages: what a response has as items of its own, calls and their outputs, our messages hold together.</summary>
/// <param name="faults">Where objections go.</param>
internal sealed class ResponseInputReader(Faults faults)
{
    private readonly ContentReader _contents = new(faults, "input_image", static part => new(part.Text("image_url"), part.Text("detail"), "image_url"));
    private readonly ToolCallOrder _order = new(faults);
    private readonly List<Message> _messages = [];

    /// <summary>The messages before, and then those of the input.</summary>
    public IReadOnlyList<Message> Read(JsonElement body, IReadOnlyList<Message> earlier)
    {
        _messages.AddRange(earlier);
        JsonElement input = body.GetProperty("input");
        if (input.ValueKind == JsonValueKind.String)
            _messages.Add(Message.User(input.GetString()!));
        else
        {
            int index = 0;
            foreach (JsonElement item in input.EnumerateArray())
                Add(item, $"input[{index++}]");
        }

        foreach (Message message in _messages)
            _order.Next(message, "input");
        _order.End();
        return _messages;
    }

    private void Add(JsonElement item, string path)
    {
        switch (item.Text("type"))
        {
            case "function_call":
                AddCall(item, path);
                break;
            case "function_call_output":
                if (item.Text("call_id") is not { } answered)
                    faults.Add($"{path}.call_id", "is required");
                else if (_contents.Read(item, "output", MessageRole.Tool, path) is not { Text: { } output })
                    faults.Add($"{path}.output", "is required");
                else
                    _messages.Add(new() { Role = MessageRole.Tool, Content = output, ToolCallId = answered });
                break;
            default:
                AddMessage(item, path);
                break;
        }
    }

    private void AddMessage(JsonElement item, string path)
    {
        MessageRole role = item.Text("role") switch
        {
            "assistant" => MessageRole.Assistant,
            "system" or "developer" => MessageRole.System,
            _ => MessageRole.User,
        };
        if (item.Text("role") is null)
            faults.Add($"{path}.role", "is required");
        (string? text, IReadOnlyList<MessageImage>? images) = _contents.Read(item, "content", role, path);
        if (text is null)
            faults.Add($"{path}.content", "is required");
        _messages.Add(new() { Role = role, Content = text, Images = images });
    }

    /// <summary>Calls belong to the assistant's message before them, or make one.</summary>
    private void AddCall(JsonElement item, string path)
    {
        foreach (string field in (string[])["call_id", "name", "arguments"])
        {
            if (item.Text(field) is null)
                faults.Add($"{path}.{field}", "is required");
        }

        ToolCall call = new(item.Text("call_id") ?? "", item.Text("name") ?? "", item.Text("arguments") ?? "");
        if (_messages is [.., { Role: MessageRole.Assistant } last])
            _messages[^1] = last with { ToolCalls = [.. last.ToolCalls ?? [], call] };
        else
            _messages.Add(Message.Assistant(null, [call]));
    }
}
