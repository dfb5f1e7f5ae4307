namespace HybridAgents.Durable.Journal.Tools;

/// <summary>What a repair came to.</summary>
public enum JournalRepairOutcome
{
    /// <summary>Nothing is wrong; nothing was changed.</summary>
    NotNeeded,

    /// <summary>The end of the last segment was cut off, after a copy of it was made.</summary>
    Cut,

    /// <summary>Nothing was changed: a repair would not be safe, or lose records that nobody agreed to lose.</summary>
    Refused,
}

/// <summary>The outcome of a repair.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Explanation">Why, in a sentence.</param>
/// <param name="Copy">The file in the journal's folder that holds what was cut off; null if nothing was.</param>
/// <param name="FirstLostLsn">The first acknowledged record that is, or would be, cut off; null if there is none.</param>
/// <param name="LastLostLsn">The last one known of.</param>
public sealed record JournalRepair(JournalRepairOutcome Outcome, string Explanation, string? Copy = null, long? FirstLostLsn = null, long? LastLostLsn = null)
{
    /// <summary>Cuts a damaged end off the last segment, if that leaves a journal that is whole.</summary>
    internal static JournalRepair Run(IJournalFiles files, bool acceptLoss, CancellationToken cancellationToken)
    {
        JournalReport report = new JournalVerifier(files).Verify(cancellationToken);
        if (report.Verdict == JournalVerdict.Sound)
            return new(JournalRepairOutcome.NotNeeded, "The journal is sound.");
        JournalFileReport last = report.Files[^1];
        if (report.Verdict == JournalVerdict.TornTail)
            return Cut(files, last, $"A torn write of {report.TornBytes} bytes, never acknowledged, was cut from {last.Name} at offset {last.Bytes}.", null, null);

        if (report.FirstDamage is { Fault: { } fault } damage && (damage != last || last.LastLsn is null || fault.Offset != last.Bytes))
            return Refuse($"{damage.Name} is damaged at offset {fault.Offset}: {fault.What}. Only the end of the last segment can be cut; restore the data folder from a backup.");
        (long first, long end) = (last.LastLsn!.Value + 1, report.DurableLsn);
        if (Manifest.Read(files)?.Newest.Durable >= first)
            return Refuse($"The checkpoint was taken with records that are damaged in {last.Name}, from {first} on, so that cutting them off would leave a state that never was. Restore the data folder from a backup.");
        if (!acceptLoss)
            return Refuse($"Records {first} to {end}, and perhaps later ones, were acknowledged, and cutting {last.Name} at offset {last.Bytes} loses them. Restore the data folder from a backup, or accept the loss.", first, end);
        return Cut(files, last, $"{last.Name} was cut at offset {last.Bytes}: the acknowledged records {first} to {end}, and perhaps later ones, are lost.", first, end);
    }

    private static JournalRepair Refuse(string why, long? firstLost = null, long? lastLost = null) => new(JournalRepairOutcome.Refused, why, null, firstLost, lastLost);

    private static JournalRepair Cut(IJournalFiles files, JournalFileReport last, string explanation, long? firstLost, long? lastLost)
    {
        using IJournalFile segment = files.Open(last.Name);
        byte[] rest = new byte[segment.Length - last.Bytes];
        int length = rest.AsSpan(0, segment.Read(last.Bytes, rest)).LastIndexOfAnyExcept((byte)0) + 1; // Without what was only reserved.
        string copy = FreeName(files, $"{last.Name}.{last.Bytes}.cut");
        using (IJournalFile file = files.Create(copy))
        {
            file.Write(0, rest.AsSpan(0, length));
            file.Flush();
        }
        files.SyncFolder();
        segment.SetLength(last.Bytes);
        segment.Flush();
        return new(JournalRepairOutcome.Cut, explanation, copy, firstLost, lastLost);
    }

    private static string FreeName(IJournalFiles files, string name)
    {
        IReadOnlyList<string> taken = files.List();
        return Enumerable.Range(1, int.MaxValue).Select(count => count == 1 ? name : $"{name}{count}").First(candidate => !taken.Contains(candidate));
    }
}
