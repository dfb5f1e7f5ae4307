using System.CommandLine;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid events</c>: a run's event log, one event a line.</summary>
internal static class EventsCommand
{
    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> id = RunIdArgument.Create();
        Option<long> after = new("--after") { Description = "Begin after this sequence number.", HelpName = "N" };
        Option<bool> follow = new("--follow") { Description = "Go on to the run's end; otherwise stop at the newest event." };
        after.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!long.TryParse(text, out long number) || number < 0))
                result.AddError($"--after is '{text}'; allowed: 0 and above.");
        });
        Command command = new("events", "Prints a run's events; with --json one JSON object a line.") { id, after, follow };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, terminal.Note);
            await server.EnsureForExistingRunsAsync(cancellationToken);
            string runId = parsed.GetRequiredValue(id);
            long last = parsed.GetValue(after);
            RunDocument run = await server.Runs.GetAsync(runId, cancellationToken);
            long until = parsed.GetValue(follow) ? long.MaxValue : run.LastEvent;
            if (last >= until)
                return ExitCodes.Ok;
            EventWatcher watcher = new(server.Runs, TimeProvider.System, static _ => Task.CompletedTask);
            await foreach (StreamedEvent item in watcher.WatchAsync(runId, last, cancellationToken))
            {
                Print(terminal, item, globals.Json(parsed));
                if (item.Sequence >= until)
                    break;
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, StreamedEvent item, bool json)
    {
        if (json)
        {
            JsonOutput.WriteLine(terminal.Output, item.Json);
            return;
        }

        IEnumerable<string> fields = item.Json.EnumerateObject()
            .Where(static field => field.Name is not ("sequence" or "type" or "run_id" or "time"))
            .Select(static field => $"{field.Name}={field.Value.GetRawText()}");
        terminal.Output.WriteLine($"{item.Sequence,5}  {SafeText.Line($"{item.Json.Text("time")}  {item.Type,-20}  {string.Join(' ', fields)}", 4000)}");
    }
}
