using System.CommandLine;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid cancel</c>: stops a run.</summary>
internal static class CancelCommand
{
    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> id = RunIdArgument.Create();
        Option<string?> reason = new("--reason") { Description = "Why, for those who look at the run later.", HelpName = "TEXT" };
        Option<bool> force = new("--force") { Description = "End it at once instead of in order." };
        Command command = new("cancel", "Cancels a run; a run that has ended is left as it is.") { id, reason, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, terminal.Note);
            await server.EnsureForExistingRunsAsync(cancellationToken);
            RunDocument run = await server.Runs.CancelAsync(parsed.GetRequiredValue(id), parsed.GetValue(reason), parsed.GetValue(force), cancellationToken);
            if (globals.Json(parsed))
                JsonOutput.WriteDocument(terminal.Output, run.Json);
            else
                terminal.Output.WriteLine($"{SafeText.Line(run.Id)}  {SafeText.Line(run.Status)}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
