using System.CommandLine;
using HybridAgents.Durable.Journal.Tools;

namespace HybridAgents.Cli.Journal;

/// <summary><c>hybrid journal inspect</c>: the records, one JSON object a line.</summary>
internal static class InspectCommand
{
    public static Command Create(JournalConsole console)
    {
        Option<string?> instance = new("--instance") { Description = "Only this instance's records, and rows of the partition with its id.", HelpName = "ID" };
        Option<long> from = new("--from") { Description = "Begin at this record.", HelpName = "LSN" };
        Option<bool> contents = new("--contents") { Description = "Print what the records hold too: prompts, answers and tool arguments, in the clear." };
        from.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!long.TryParse(text, out long number) || number < 0))
                result.AddError($"--from is '{text}'; allowed: 0 and above.");
        });
        Command command = new("inspect", "Prints the records that are on disk, one JSON object a line, in their order.") { instance, from, contents };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(console.Run(parsed, data =>
        {
            JournalFilter filter = new() { Instance = parsed.GetValue(instance), FromLsn = parsed.GetValue(from), WithContent = parsed.GetValue(contents) };
            foreach (JournalRecord record in JournalTool.Inspect(data, filter))
            {
                cancellationToken.ThrowIfCancellationRequested();
                console.WriteJson(record);
            }

            return JournalConsole.Ok;
        })));
        return command;
    }
}
