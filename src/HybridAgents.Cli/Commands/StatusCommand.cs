using System.CommandLine;
using System.Text.Json;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid status</c>: where a run stands, or with <c>--wait</c> what came of it.</summary>
internal static class StatusCommand
{
    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> id = RunIdArgument.Create();
        Option<bool> wait = new("--wait") { Description = "Wait for the end, print the answer, and exit as run does." };
        Command command = new("status", "Shows where a run stands.") { id, wait };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, terminal.Note);
            await server.EnsureForExistingRunsAsync(cancellationToken);
            string runId = parsed.GetRequiredValue(id);
            bool waiting = parsed.GetValue(wait);
            RunDocument run = await server.Runs.GetAsync(runId, cancellationToken);
            while (waiting && run is { IsTerminal: false, RequiresAction: false })
                run = await server.Runs.WaitAsync(runId, cancellationToken);

            if (globals.Json(parsed))
                JsonOutput.WriteDocument(terminal.Output, run.Json);
            else if (waiting)
                RunReport.Show(terminal.Screen(streaming: false), run, server.Runs.Address);
            else
                Show(terminal, run);
            return waiting ? run.ExitCode : ExitCodes.Ok;
        });
        return command;
    }

    private static void Show(Terminal terminal, RunDocument run)
    {
        JsonElement json = run.Json;
        List<(string Name, string? Value)> lines =
        [
            ("run", run.Id),
            ("status", run.Status),
            ("agent", json.Text("agent", "agent_type")),
            ("created", UnixTime.Show(json.Integer("created_at"))),
            ("turn", $"{json.Integer("progress", "turn") ?? 0} of {json.Integer("progress", "max_turns") ?? 0}, {json.Text("progress", "activity")}"),
            ("model", json.Text("progress", "model") is { } model ? $"{json.Text("progress", "provider")}:{model}" : null),
            ("tools", json.Words("progress", "tools_running")),
            ("waits for", json.Text("required_action", "type")),
            ("error", run.ErrorCode is { } code ? $"{code}: {run.ErrorMessage}" : null),
            ("usage", $"{json.Integer("usage", "total_tokens") ?? 0} tokens, ${json.Number("usage", "cost_usd") ?? 0:0.######}"),
            ("answer", run.Answer),
        ];
        foreach ((string name, string? value) in lines)
        {
            if (value is not null)
                terminal.Output.WriteLine($"{name,-10} {SafeText.ForTerminal(value)}");
        }
    }
}
