using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;
using HybridAgents.Core.Runs;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid run</c>: starts a run and follows it to its end.</summary>
internal static class RunCommand
{
    /// <summary>The most characters of a prompt.</summary>
    private const int MaxPrompt = 100_000;

    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> prompt = new("prompt") { Description = "What the agent shall do; - reads it from the input." };
        Option<bool> detach = new("--detach") { Description = "Print the run's id and do not wait for it." };
        RunRequestOptions request = new();
        Command command = new("run", "Starts a run, shows it live and prints the answer. Ctrl+C cancels the run; a second one ends the command at once.") { prompt, detach };
        request.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string text = await ReadPromptAsync(parsed.GetRequiredValue(prompt), terminal.Input, cancellationToken);
            bool json = globals.Json(parsed);
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, json ? static _ => { } : terminal.Note);
            if (parsed.GetValue(detach))
                return await DetachAsync(server, request.ToRequest(parsed, text), terminal, json, cancellationToken);

            using Interrupt interrupt = new(terminal.Restore);
            await server.EnsureAsync(cancellationToken);
            JsonElement accepted = await server.Runs.StartAsync(request.ToRequest(parsed, text), cancellationToken);
            string id = accepted.Text("run_id") ?? throw new CliException(ExitCodes.Failure, "The server accepted a run without naming it.");
            await using CancellationTokenRegistration cancelling = interrupt.First.Register(() => _ = CancelAsync(server.Runs, id, terminal));
            return json
                ? await FollowQuietlyAsync(server, id, terminal, cancellationToken)
                : await FollowAsync(server, id, terminal.Screen(globals.Streaming(parsed)), cancellationToken);
        });
        return command;
    }

    private static async Task<string> ReadPromptAsync(string argument, TextReader input, CancellationToken cancellationToken)
    {
        string text = argument;
        if (argument == "-")
        {
            char[] buffer = new char[MaxPrompt + 1];
            text = new(buffer, 0, await input.ReadBlockAsync(buffer, cancellationToken));
        }

        if (string.IsNullOrWhiteSpace(text))
            throw new CliException(ExitCodes.Usage, "The prompt is empty.");
        return text.Length <= MaxPrompt ? text : throw new CliException(ExitCodes.Usage, $"The prompt has more than {MaxPrompt} characters.");
    }

    /// <summary>Never on a host of our own: it would end before the run.</summary>
    private static async Task<int> DetachAsync(
        ServerConnection server, JsonObject request, Terminal terminal, bool json, CancellationToken cancellationToken)
    {
        JsonElement accepted = await server.Runs.StartAsync(request, cancellationToken);
        if (json)
            JsonOutput.WriteDocument(terminal.Output, accepted);
        else
            terminal.Output.WriteLine(SafeText.Line(accepted.Text("run_id") ?? ""));
        return ExitCodes.Ok;
    }

    private static async Task<int> FollowAsync(ServerConnection server, string id, IScreen screen, CancellationToken cancellationToken)
    {
        RunNarrator narrator = new(screen, new Transcript(server.Runs, id));
        RunDocument? end = null;
        await screen.ShowAsync(async () => end = await WatchAsync(server, id, narrator.TellAsync, cancellationToken));
        RunReport.Show(screen, end!, server.Runs.Address);
        if (end!.RequiresAction && server.IsEmbedded)
            screen.Line(Tone.Normal, "  The host ends with this command: start one on the same data folder (dotnet run --project src/HybridAgents.Local), then answer.");
        return end.ExitCode;
    }

    private static async Task<int> FollowQuietlyAsync(ServerConnection server, string id, Terminal terminal, CancellationToken cancellationToken)
    {
        RunDocument end = await WatchAsync(server, id, static (_, _) => Task.CompletedTask, cancellationToken);
        JsonOutput.WriteDocument(terminal.Output, end.Json);
        return end.ExitCode;
    }

    /// <summary>Follows the events until the run has ended or waits for an answer.</summary>
    private static async Task<RunDocument> WatchAsync(
        ServerConnection server, string id, Func<StreamedEvent, CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        EventWatcher watcher = new(server.Runs, TimeProvider.System, server.EnsureAsync);
        await foreach (StreamedEvent item in watcher.WatchAsync(id, 0, cancellationToken))
        {
            await tell(item, cancellationToken);
            if (item.Type == RunEventTypes.ActionRequired && await server.Runs.GetAsync(id, cancellationToken) is { RequiresAction: true } waiting)
                return waiting;
        }

        return await server.Runs.GetAsync(id, cancellationToken);
    }

    private static async Task CancelAsync(RunsClient runs, string id, Terminal terminal)
    {
        try
        {
            await runs.CancelAsync(id, "Ctrl+C", force: false, CancellationToken.None);
        }
        catch (CliException error)
        {
            terminal.Note($"hybrid: The run could not be cancelled: {error.Message}");
        }
    }
}
