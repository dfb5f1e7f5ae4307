using System.Globalization;
using System.Text.Json;
using HybridAgents.Cli.Client;

namespace HybridAgents.Cli.Output;

/// <summary>Tells what came of a run, or what it waits for.</summary>
internal static class RunReport
{
    /// <summary>Shows the end: the answer or what went wrong, and the price.</summary>
    public static void Show(IScreen screen, RunDocument run, Uri server)
    {
        switch (run.Status)
        {
            case "completed":
                screen.Answer(run.Answer ?? "");
                break;
            case "failed":
                screen.Line(Tone.Bad, $"The run failed: {SafeText.Line(run.ErrorCode ?? "unknown")}: {run.ErrorMessage}");
                break;
            case "cancelled":
                screen.Line(Tone.Warning, "The run was cancelled.");
                break;
            case "requires_action":
                ShowRequired(screen, run, server);
                break;
            default:
                screen.Line(Tone.Normal, $"The run is {SafeText.Line(run.Status)}.");
                break;
        }

        screen.Line(Tone.Quiet, Usage(run));
    }

    /// <summary>What the run has used, on one line.</summary>
    public static string Usage(RunDocument run)
    {
        JsonElement json = run.Json;
        string cost = (json.Number("usage", "cost_usd") ?? 0).ToString("0.######", CultureInfo.InvariantCulture);
        string time = json.Integer("started_at") is { } start && json.Integer("completed_at") is { } end ? $" · {end - start} s" : "";
        return $"usage   {Count("model_calls")} model calls · {Count("tool_calls")} tool calls · "
            + $"{Count("total_tokens")} tokens ({Count("prompt_tokens")} in, {Count("completion_tokens")} out) · ${cost}{time} · {SafeText.Line(run.Id)}";

        long Count(string name) => json.Integer("usage", name) ?? 0;
    }

    private static void ShowRequired(IScreen screen, RunDocument run, Uri server)
    {
        string kind = run.Json.Text("required_action", "type") ?? "";
        string routes = new Uri(server, $"api/v1/agents/runs/{run.Id}/").ToString();
        screen.Line(Tone.Warning, $"The run waits for an answer ({SafeText.Line(kind)}) and goes on when it has it:");
        foreach (JsonElement call in run.Json.Items("required_action", "calls"))
        {
            string id = SafeText.Line(call.Text("call_id") ?? "");
            string arguments = call.Field("arguments") is { } value ? SafeText.Line(value.GetRawText()) : "";
            screen.Line(Tone.Normal, $"  {SafeText.Line(call.Text("tool") ?? "")} {arguments}{Expiry(call)}");
            screen.Line(Tone.Normal, $"    POST {SafeText.Line(routes, 2000)}{How(kind, id)}");
        }
    }

    private static string Expiry(JsonElement call) => call.Text("expires_at") is { } time ? $"  (until {SafeText.Line(time)})" : "";

    private static string How(string kind, string callId) => kind switch
    {
        "approval" => $"approvals/{Uri.EscapeDataString(callId)} {{\"decision\":\"approve\"}} or {{\"decision\":\"reject\"}}",
        "review" => $"reviews/{Uri.EscapeDataString(callId)} {{\"decision\":\"done\",\"output\":\"…\"}}, {{\"decision\":\"retry\"}} or {{\"decision\":\"fail\"}}",
        _ => $"tool_outputs {{\"outputs\":[{{\"call_id\":\"{callId}\",\"output\":\"…\"}}]}}",
    };
}
