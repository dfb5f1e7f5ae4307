using System.Globalization;
using System.Text.Json;
using HybridAgents.Cli.Client;
using HybridAgents.Core.Runs;

namespace HybridAgents.Cli.Output;

/// <summary>Tells a run's events on a screen as they come.</summary>
internal sealed class RunNarrator(IScreen screen, Transcript transcript)
{
    private (string? Id, long Attempt) _message;

    public Task TellAsync(StreamedEvent item, CancellationToken cancellationToken)
    {
        switch (item.Type)
        {
            case RunEventTypes.RouteDecided:
                TellRoute(item.Json);
                break;
            case RunEventTypes.ModelStarted when item.Json.Integer("attempt") > 1:
                screen.Line(Tone.Quiet, $"model   {ModelOf(item.Json)}, attempt {item.Json.Integer("attempt")}");
                break;
            case RunEventTypes.MessageDelta when Follows(item.Json):
                screen.Delta(item.Json.Text("delta") ?? "");
                break;
            case RunEventTypes.MessageReset when Follows(item.Json):
                screen.Discard(item.Json.Text("reason") ?? "no reason given");
                break;
            case RunEventTypes.MessageCompleted:
                screen.End(isAnswer: !item.Json.Items("tool_calls").Any() && item.Json.Text("finish_reason") is not ("cancelled" or "timeout"));
                break;
            case RunEventTypes.ToolStarted:
                return TellToolStartAsync(item.Json, cancellationToken);
            case RunEventTypes.ToolCompleted:
                return TellToolEndAsync(item.Json, cancellationToken);
            case RunEventTypes.AgentStarted or RunEventTypes.AgentCompleted:
                screen.Line(Tone.Quiet, $"agent   {SafeText.Line(item.Json.Text("path") ?? "")} {SafeText.Line(item.Json.Text("status") ?? "started")}");
                break;
            case RunEventTypes.ApprovalResolved or RunEventTypes.ReviewResolved:
                screen.Line(Tone.Normal, $"answer  {SafeText.Line(item.Json.Text("tool") ?? "")}: {SafeText.Line(item.Json.Text("decision") ?? "")}");
                break;
            case RunEventTypes.BudgetWarning:
                screen.Line(Tone.Warning, $"budget  {SafeText.Line(item.Json.Text("limit") ?? "")}: {Number(item.Json, "used")} of {Number(item.Json, "allowed")} used");
                break;
            case RunEventTypes.RunSuspended:
                screen.Line(Tone.Warning, "The run is suspended; it goes on when it is resumed.");
                break;
            case RunEventTypes.RunResumed:
                screen.Line(Tone.Normal, "The run goes on.");
                break;
            case RunEventTypes.RunCancelling:
                screen.Line(Tone.Warning, "The run is being cancelled.");
                break;
            case RunEventTypes.RunFailed or RunEventTypes.RunCancelled:
                screen.End(isAnswer: false);
                break;
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether an event belongs to the newest attempt at its message: what a slower, older attempt still sends is void.</summary>
    private bool Follows(JsonElement json)
    {
        (string? Id, long Attempt) message = (json.Text("message_id"), json.Integer("attempt") ?? 1);
        if (message.Id == _message.Id && message.Attempt < _message.Attempt)
            return false;
        _message = message;
        return true;
    }

    private void TellRoute(JsonElement json)
    {
        string? chosen = json.Items("candidates").FirstOrDefault() is { ValueKind: JsonValueKind.String } first ? first.GetString() : null;
        List<string> why = [];
        if (json.Words("decision_factors") is { } factors)
            why.Add(factors);
        if (json.Number("complexity_score") is { } complexity)
            why.Add($"complexity {complexity.ToString("0.##", CultureInfo.InvariantCulture)}");
        if (json.Text("privacy_impact") is { } privacy)
            why.Add($"privacy {privacy}");
        // Who was left out matters when nobody is left.
        if (chosen is null)
            why.AddRange(json.Items("rejected").Select(static rejected => $"{rejected.Text("candidate")}: {rejected.Text("reason")}"));
        screen.Line(chosen is null ? Tone.Warning : Tone.Quiet, $"route   {SafeText.Line(chosen ?? "no model")} ({SafeText.Line(string.Join("; ", why), 1000)})");
    }

    private async Task TellToolStartAsync(JsonElement json, CancellationToken cancellationToken)
    {
        string? arguments = json.Text("call_id") is { } id ? await transcript.ArgumentsAsync(id, cancellationToken) : null;
        screen.Line(Tone.Normal, $"tool    {SafeText.Line(json.Text("tool") ?? "")} {SafeText.Line(arguments ?? "")}");
    }

    private async Task TellToolEndAsync(JsonElement json, CancellationToken cancellationToken)
    {
        bool failed = json.Flag("is_error");
        string? result = json.Text("call_id") is { } id ? await transcript.ResultAsync(id, cancellationToken) : null;
        screen.Line(failed ? Tone.Warning : Tone.Normal, $"{(failed ? "failed " : "result ")} {SafeText.Line(json.Text("tool") ?? "")} {SafeText.Line(result ?? "")}");
    }

    private static string ModelOf(JsonElement json) => SafeText.Line($"{json.Text("provider")}:{json.Text("model")}");

    private static string Number(JsonElement json, string name) => (json.Number(name) ?? 0).ToString("0.####", CultureInfo.InvariantCulture);
}
