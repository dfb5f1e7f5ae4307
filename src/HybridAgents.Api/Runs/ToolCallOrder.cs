using HybridAgents.Api.Requests;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Runs;

/// <summary>Checks that every tool call of a conversation has exactly one result, right behind its message.</summary>
internal sealed class ToolCallOrder(Faults faults)
{
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Gets whether calls still wait for their results.</summary>
    public bool IsOpen => _open.Count > 0;

    public void Next(Message message, string path)
    {
        if (message.Role != MessageRole.Tool && IsOpen)
        {
            faults.Add(path, $"comes before the results of the tool calls {string.Join(", ", _open)}");
            _open.Clear();
        }

        if (message.Role == MessageRole.Tool && !_open.Remove(message.ToolCallId ?? ""))
            faults.Add($"{path}.tool_call_id", "must be the id of a tool call of the assistant message before, answered once");
        foreach (ToolCall call in message.ToolCalls ?? [])
        {
            if (!_open.Add(call.Id))
                faults.Add($"{path}.tool_calls", "must have ids that differ");
        }
    }

    public void End()
    {
        if (IsOpen)
            faults.Add("messages", $"end before the results of the tool calls {string.Join(", ", _open)}");
    }
}
