using System.Text.Json;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;
using HybridAgents.Core.Runs;

namespace HybridAgents.Cli.Commands;

/// <summary>Follows a run from its start to its end, or until it waits for an answer.</summary>
internal static class RunFollower
{
    /// <summary>Starts a run and follows it. Ctrl+C cancels the run; a second one ends the command at once.</summary>
    /// <returns>What the process ends with.</returns>
    public static async Task<int> FollowAsync(
        ServerConnection server, Func<Task<JsonElement>> start, Terminal terminal, bool json, bool streaming, CancellationToken cancellationToken)
    {
        using Interrupt interrupt = new(terminal.Restore);
        await server.EnsureAsync(cancellationToken);
        JsonElement accepted = await start();
        string id = accepted.Text("run_id") ?? throw new CliException(ExitCodes.Failure, "The server accepted a run without naming it.");
        await using CancellationTokenRegistration cancelling = interrupt.First.Register(() => _ = CancelAsync(server.Runs, id, terminal));
        return json ? await WaitAsync(server, id, terminal, cancellationToken) : await ShowAsync(server, id, terminal.Screen(streaming), cancellationToken);
    }

    private static async Task<int> ShowAsync(ServerConnection server, string id, IScreen screen, CancellationToken cancellationToken)
    {
        RunNarrator narrator = new(screen, new Transcript(server.Runs, id));
        RunDocument? end = null;
        await screen.ShowAsync(async () => end = await WatchAsync(server, id, narrator.TellAsync, cancellationToken));
        RunReport.Show(screen, end!, server.Runs.Address);
        if (end!.RequiresAction && server.IsEmbedded)
            screen.Line(Tone.Normal, "  The host ends with this command: start one on the same data folder (dotnet run --project src/HybridAgents.Local), then answer.");
        return end.ExitCode;
    }

    private static async Task<int> WaitAsync(ServerConnection server, string id, Terminal terminal, CancellationToken cancellationToken)
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
