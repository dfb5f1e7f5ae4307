using System.Text.Json;
using HybridAgents.Cli.Client;

namespace HybridAgents.Cli.Output;

/// <summary>What tool calls were asked and answered: events name calls, the transcript holds their texts. Read when a call is not known yet.</summary>
internal sealed class Transcript(RunsClient runs, string runId)
{
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _results = new(StringComparer.Ordinal);

    /// <summary>The arguments of a call as the model wrote them; null if they cannot be had.</summary>
    public Task<string?> ArgumentsAsync(string callId, CancellationToken cancellationToken) => FindAsync(_arguments, callId, cancellationToken);

    /// <summary>The result of a call as the model saw it; null if it cannot be had.</summary>
    public Task<string?> ResultAsync(string callId, CancellationToken cancellationToken) => FindAsync(_results, callId, cancellationToken);

    private async Task<string?> FindAsync(Dictionary<string, string> texts, string callId, CancellationToken cancellationToken)
    {
        if (!texts.ContainsKey(callId))
            await ReadAsync(cancellationToken);
        return texts.GetValueOrDefault(callId);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        JsonElement page;
        try
        {
            page = await runs.MessagesAsync(runId, cancellationToken);
        }
        catch (CliException)
        {
            return; // The run is followed on without these texts; its end does not depend on them.
        }

        foreach (JsonElement stored in page.Items("messages"))
        {
            if (stored.Text("message", "tool_call_id") is { } answered)
                _results[answered] = stored.Text("message", "content") ?? "";
            foreach (JsonElement call in stored.Items("message", "tool_calls"))
            {
                if (call.Text("id") is { } id)
                    _arguments[id] = call.Text("function", "arguments") ?? "";
            }
        }
    }
}
