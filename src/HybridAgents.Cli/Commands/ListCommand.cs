using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid list</c>: runs, newest first.</summary>
internal static class ListCommand
{
    private static readonly string[] Titles = ["RUN", "STATUS", "AGENT", "CREATED", "TURN", "TOKENS"];

    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Option<string?> status = new("--status") { Description = "Only runs with this status.", HelpName = "STATUS" };
        Option<int> limit = new("--limit") { Description = "The most runs of a page, 1 to 100.", HelpName = "N", DefaultValueFactory = static _ => 20 };
        Option<string?> cursor = new("--cursor") { Description = "The page after the one that printed this cursor.", HelpName = "CURSOR" };
        status.AcceptOnlyFromAmong("queued", "in_progress", "requires_action", "suspended", "cancelling", "cancelled", "completed", "failed");
        limit.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int number) || number is < 1 or > 100))
                result.AddError($"--limit is '{text}'; allowed: 1 to 100.");
        });
        Command command = new("list", "Lists runs, newest first.") { status, limit, cursor };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, terminal.Note);
            await server.EnsureForExistingRunsAsync(cancellationToken);
            string query = $"?limit={parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}{Part("status", parsed.GetValue(status))}{Part("cursor", parsed.GetValue(cursor))}";
            JsonElement page = await server.Runs.ListAsync(query, cancellationToken);
            if (globals.Json(parsed))
                JsonOutput.WriteDocument(terminal.Output, page);
            else
                Show(terminal, page);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static string Part(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static void Show(Terminal terminal, JsonElement page)
    {
        List<IReadOnlyList<string>> rows = [.. page.Items("runs").Select(static run => (IReadOnlyList<string>)
        [
            run.Text("run_id") ?? "",
            run.Text("status") ?? "",
            run.Text("agent", "agent_type") ?? "",
            UnixTime.Show(run.Integer("created_at")) ?? "",
            $"{run.Integer("progress", "turn") ?? 0}",
            $"{run.Integer("usage", "total_tokens") ?? 0}",
        ])];
        if (rows.Count > 0)
            Columns.Write(terminal, Titles, rows);
        if (page.Text("cursor") is { } next)
            terminal.Note($"There may be more: --cursor {next}");
        else if (rows.Count == 0)
            terminal.Note("There are no runs.");
    }
}
