using System.Runtime.CompilerServices;
using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Turns;

/// <summary>A run's events as a chat shows them: start, token, tool_call, tool_result, provider_switched, reset, warning, error, done.</summary>
/// <remarks>The last one is <c>done</c> or <c>error</c>; a stream that ends without either was cut, and the run's own events go on at <c>events_url</c>.</remarks>
internal static class ChatEvents
{
    /// <summary>Follows a turn to its end.</summary>
    public static async IAsyncEnumerable<RunEvent> Of(RunView run, IAgentRuns runs, AgentChat chat, HttpContext http, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RunCaller caller = ApiCaller.Of(http).ToRunCaller();
        long seq = 0;
        (string? Provider, string? Model) serving = default;
        yield return Make(DateTimeOffset.FromUnixTimeSeconds(run.CreatedAt), "start", new
        {
            conversation_id = run.ConversationId,
            session_id = run.ConversationId,
            run_id = run.RunId,
            events_url = RunViewLinks.Events(run.RunId),
        });
        await foreach (RunEvent item in runs.WatchAsync(run.RunId, caller, 0, cancellationToken))
        {
            if (item.Type == RunEventTypes.ModelStarted)
            {
                (string? Provider, string? Model) next = (item.Data.Text("provider"), item.Data.Text("model"));
                if (serving != default && next != serving)
                    yield return Make(item.Time, "provider_switched", new { provider = next.Provider, model = next.Model, from_provider = serving.Provider, from_model = serving.Model });
                serving = next;
            }
            else if (RunEventTypes.IsTerminal(item.Type))
            {
                // What has ended is in its conversation before the client hears of it.
                RunView ended = await chat.WaitAsync(http, await runs.GetAsync(run.RunId, caller, cancellationToken) ?? run);
                yield return ended.Status == RunStatus.Completed ? Make(item.Time, "done", ModelChatAnswer.From(ended)) : Make(item.Time, "error", Failure(ended));
            }
            else if (Shown(item) is var (type, data))
            {
                yield return Make(item.Time, type, data);
            }
        }

        RunEvent Make(DateTimeOffset at, string type, object data) => new(++seq, type, run.RunId, at, JsonSerializer.SerializeToElement(data, ApiJson.Options));
    }

    /// <summary>What every event has.</summary>
    public static void WriteHead(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteString("type", item.Type);
        json.WriteNumber("seq", item.Sequence);
        json.WriteString("timestamp", item.Time.UtcDateTime);
    }

    private static (string Type, object Data)? Shown(RunEvent item) => item.Type switch
    {
        RunEventTypes.MessageDelta => ("token", new { content = item.Data.Text("delta") }),
        RunEventTypes.MessageReset => ("reset", new { reason = item.Data.Text("reason") }),
        RunEventTypes.ToolStarted => ("tool_call", new { call_id = item.Data.Text("call_id"), tool = item.Data.Text("tool"), args = item.Data.Field("arguments") }),
        RunEventTypes.ToolCompleted => ("tool_result", new
        {
            call_id = item.Data.Text("call_id"),
            tool = item.Data.Text("tool"),
            result = item.Data.Text("output"),
            is_error = item.Data.Flag("is_error"),
            duration_ms = item.Data.Field("duration_ms"),
        }),
        RunEventTypes.ActionRequired => ("warning", new { code = "requires_action", message = "The turn waits for an answer from outside.", required_action = item.Data.Field("required_action"), polling_url = RunViewLinks.Status(item.RunId) }),
        RunEventTypes.BudgetWarning => ("warning", new { code = "budget_warning", message = $"Four fifths of {item.Data.Text("limit")} are used.", details = item.Data }),
        _ => null,
    };

    private static object Failure(RunView run)
    {
        ApiError error = FailedTurn.Of(run);
        return new { code = error.Code, message = error.Message, retryable = error.Status is 429 or >= 500, run_id = run.RunId, conversation_id = run.ConversationId };
    }
}
