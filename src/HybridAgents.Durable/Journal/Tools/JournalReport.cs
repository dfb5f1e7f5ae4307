namespace HybridAgents.Durable.Journal.Tools;

/// <summary>What state a journal is in.</summary>
public enum JournalVerdict
{
    /// <summary>Every checksum is right and no record is missing.</summary>
    Sound,

    /// <summary>Sound but for the last write, which a crash cut short and nobody was promised. The next start cuts it off.</summary>
    TornTail,

    /// <summary>Something that was on disk is damaged or missing; the engine does not start on it.</summary>
    Damaged,
}

/// <summary>What is wrong with a file.</summary>
/// <param name="Offset">Where, in bytes from the start of the file.</param>
/// <param name="What">What is wrong there.</param>
public sealed record JournalFault(long Offset, string What);

/// <summary>One file that the journal needs.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">Its size; of a segment, up to the end of the last valid frame. 0 if it cannot be read.</param>
/// <param name="Frames">Valid frames before the fault, if any.</param>
/// <param name="FirstLsn">The first record's position in the order of all records; null in files that hold no records.</param>
/// <param name="LastLsn">The last valid record's position.</param>
/// <param name="Fault">The first thing that is wrong; null if nothing is.</param>
public sealed record JournalFileReport(string Name, long Bytes, long Frames, long? FirstLsn, long? LastLsn, JournalFault? Fault)
{
    /// <summary>Gets how many valid records the file holds.</summary>
    public long Records => LastLsn - FirstLsn + 1 ?? 0;
}

/// <summary>The outcome of a verification.</summary>
/// <param name="Format">The version of the format that this build writes; every file read has one that it can read.</param>
/// <param name="Verdict">What state the journal is in.</param>
/// <param name="Files">The manifest, the checkpoints and the segments that are needed, in this order.</param>
/// <param name="DurableLsn">The last record that is known to have been on disk.</param>
/// <param name="TornBytes">With <see cref="JournalVerdict.TornTail"/>, how many bytes of the last segment will be cut.</param>
public sealed record JournalReport(int Format, JournalVerdict Verdict, IReadOnlyList<JournalFileReport> Files, long DurableLsn, long TornBytes)
{
    /// <summary>Gets the number of valid frames.</summary>
    public long Frames => Files.Sum(file => file.Frames);

    /// <summary>Gets the number of valid records.</summary>
    public long Records => Files.Sum(file => file.Records);

    /// <summary>Gets the first file with a fault; null if there is none.</summary>
    public JournalFileReport? FirstDamage => Files.FirstOrDefault(file => file.Fault is not null);
}
