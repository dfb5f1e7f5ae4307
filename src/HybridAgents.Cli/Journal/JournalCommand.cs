using System.CommandLine;
using HybridAgents.Durable.Journal.Tools;

namespace HybridAgents.Cli.Journal;

/// <summary><c>hybrid journal</c>: looks after the journal of a data folder that no host uses.</summary>
internal static class JournalCommand
{
    public static Command Create(JournalConsole console) => new("journal", "Verifies, inspects, repairs and backs up the journal of a data folder that no host uses.")
    {
        Verify(console), InspectCommand.Create(console), Repair(console), Backup(console),
    };

    private static Command Verify(JournalConsole console)
    {
        Command command = new("verify", "Reads everything that the journal needs and reports the first damage. Exits 0 when the journal is sound, a torn last write included, and 1 when it is damaged.");
        command.SetAction(parsed => console.Run(parsed, data =>
        {
            JournalReport report = JournalTool.Verify(data);
            if (console.Json(parsed))
                console.WriteJson(report);
            else
                Show(console, report);
            return report.Verdict == JournalVerdict.Damaged ? JournalConsole.Failure : JournalConsole.Ok;
        }));
        return command;
    }

    private static void Show(JournalConsole console, JournalReport report)
    {
        foreach (JournalFileReport file in report.Files)
        {
            string records = file.LastLsn is { } last && file.Records > 0 ? $"  records {file.FirstLsn} to {last} in {file.Frames} frames" : "";
            string fault = file.Fault is { } wrong ? $"  DAMAGED at offset {wrong.Offset}: {wrong.What}" : "";
            console.Output.WriteLine($"{file.Name,-22}  {file.Bytes,12} bytes{records}{fault}");
        }

        console.Output.WriteLine(report.Verdict switch
        {
            JournalVerdict.Sound => $"Sound: {report.Records} records in {report.Frames} frames, format {report.Format}.",
            JournalVerdict.TornTail => $"Sound but for a last write of {report.TornBytes} bytes that a crash cut short; the next start cuts it off.",
            _ => $"Damaged: {report.FirstDamage!.Name} at offset {report.FirstDamage.Fault!.Offset}: {report.FirstDamage.Fault.What}.",
        });
    }

    private static Command Repair(JournalConsole console)
    {
        Option<bool> acceptLoss = new("--accept-loss") { Description = "Cut even where acknowledged records are lost by it. An effect whose record is lost may be repeated." };
        Command command = new("repair", "Cuts a damaged end off the last segment, after copying it beside the segment. Refuses whatever is not safe, says why, and exits 1.") { acceptLoss };
        command.SetAction(parsed => console.Run(parsed, data =>
        {
            JournalRepair repair = JournalTool.Repair(data, parsed.GetValue(acceptLoss));
            if (console.Json(parsed))
                console.WriteJson(repair);
            else
                console.Output.WriteLine(repair.Copy is { } copy ? $"{repair.Explanation} A copy of what was cut is in journal/{copy}." : repair.Explanation);
            return repair.Outcome == JournalRepairOutcome.Refused ? JournalConsole.Failure : JournalConsole.Ok;
        }));
        return command;
    }

    private static Command Backup(JournalConsole console)
    {
        Argument<string> folder = new("folder") { Description = "A folder that does not exist. To restore, start a host with it as its data folder." };
        Command command = new("backup", "Copies what the journal needs to a new folder and verifies the copy.") { folder };
        command.SetAction(parsed => console.Run(parsed, data =>
        {
            JournalBackup backup = JournalTool.Backup(data, parsed.GetRequiredValue(folder));
            if (console.Json(parsed))
                console.WriteJson(backup);
            else
                console.Output.WriteLine($"{backup.Path}: {backup.Bytes} bytes, up to record {backup.LastLsn}.");
            return JournalConsole.Ok;
        }));
        return command;
    }
}
