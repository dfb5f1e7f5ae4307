namespace HybridAgents.Durable.Journal.Tools;

/// <summary>A backup: a data folder of its own. To restore it, start on it, or on a copy of it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="LastLsn">The last record in it.</param>
/// <param name="Bytes">Its size.</param>
public sealed record JournalBackup(string Path, long LastLsn, long Bytes)
{
    /// <summary>Copies a checkpoint and what it needs to a new folder, which has its name only when all of it is there, verified and on disk.</summary>
    /// <remarks>The last segment may be written meanwhile: it is copied up to the last frame that was whole when it was read. No segment may be deleted meanwhile.</remarks>
    /// <exception cref="IOException">The folder exists, or the disk fails.</exception>
    /// <exception cref="JournalCorruptException">What is to be copied is damaged.</exception>
    internal static JournalBackup Take(IJournalFiles source, CheckpointReference? checkpoint, string folder, CancellationToken cancellationToken)
    {
        string path = System.IO.Path.GetFullPath(folder);
        if (Directory.Exists(path) || File.Exists(path))
            throw new IOException($"'{path}' exists; a backup goes to a folder that does not.");
        string partial = path + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true); // Of a backup that did not end.
        Directory.CreateDirectory(partial);
        try
        {
            DiskJournalFiles target = new(partial);
            CopySegments(source, checkpoint, target, cancellationToken);
            if (checkpoint is not null)
            {
                Write(target, checkpoint.FileName, CheckpointReader.Open(source, checkpoint.FileName).Bytes);
                new Manifest(checkpoint, null).Write(target);
            }
            target.SyncFolder();

            JournalReport report = new JournalVerifier(target).Verify(cancellationToken);
            if (report.FirstDamage is { Fault: { } fault } damage)
                throw new JournalCorruptException(damage.Name, fault.Offset, fault.What);
            Directory.Move(partial, path);
            NativeFiles.SyncFolder(System.IO.Path.GetDirectoryName(path)!);
            return new JournalBackup(path, report.DurableLsn, report.Files.Sum(file => file.Bytes));
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static void CopySegments(IJournalFiles source, CheckpointReference? checkpoint, DiskJournalFiles target, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> numbers = SegmentAtRest.Needed(source, checkpoint is null ? [] : [checkpoint]);
        foreach (int number in numbers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SegmentAtRest segment = SegmentAtRest.Read(source, number).ReadToEnd();
            if (number != numbers[^1] && segment.Scanner.HasRest)
                throw new JournalCorruptException(segment.Name, segment.Scanner.Position, $"the frame of record {segment.LastLsn + 1} is damaged");
            Write(target, segment.Name, segment.Valid.Span);
        }
    }

    private static void Write(DiskJournalFiles target, string name, ReadOnlySpan<byte> bytes)
    {
        using IJournalFile file = target.Create(name);
        file.Write(0, bytes);
        file.Flush();
    }
}
