namespace HybridAgents.Durable.Journal.Tools;

/// <summary>Looks after the journal of a data folder that no engine uses: each operation locks the folder, and refuses one that is in use.</summary>
/// <remarks>
/// All of them throw <see cref="DirectoryNotFoundException"/> where there is no journal, <see cref="IOException"/> where the folder is in use or the disk fails, and
/// <see cref="JournalVersionException"/> where the journal was written in a format that this build does not read. A running engine is backed up by
/// <see cref="Engine.EmbeddedEngine.BackupAsync"/>; the backup can be verified and inspected beside it.
/// </remarks>
public static class JournalTool
{
    /// <summary>Reads everything that the journal needs: every frame of every segment, and the checkpoints. Changes nothing.</summary>
    public static JournalReport Verify(string data, CancellationToken cancellationToken = default) => Locked(data, FileAccess.Read, files => new JournalVerifier(files).Verify(cancellationToken));

    /// <summary>Reads the records that are still on disk, in their order. The folder is locked until the enumeration ends.</summary>
    /// <exception cref="JournalCorruptException">During the enumeration: there is something before the end that cannot be read.</exception>
    public static IEnumerable<JournalRecord> Inspect(string data, JournalFilter? filter = null)
    {
        DiskJournalFiles files = DiskJournalFiles.Existing(data, FileAccess.Read);
        return Inspect(files, filter ?? new());
    }

    /// <summary>Cuts a damaged end off the last segment, after making a copy of it beside the segment, where that leaves a journal that is whole; refuses otherwise and says why.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="acceptLoss">Whether acknowledged records may be lost. An effect whose record is lost may be repeated.</param>
    /// <param name="cancellationToken">Ends the reading; the cut itself is not interrupted.</param>
    public static JournalRepair Repair(string data, bool acceptLoss = false, CancellationToken cancellationToken = default) =>
        Locked(data, FileAccess.ReadWrite, files => JournalRepair.Run(files, acceptLoss, cancellationToken));

    /// <summary>Copies what the journal needs to a new folder, and verifies the copy.</summary>
    /// <exception cref="JournalCorruptException">The journal is damaged.</exception>
    public static JournalBackup Backup(string data, string folder, CancellationToken cancellationToken = default) =>
        Locked(data, FileAccess.Read, files => JournalBackup.Take(files, Manifest.Read(files)?.Newest, folder, cancellationToken));

    private static IEnumerable<JournalRecord> Inspect(DiskJournalFiles files, JournalFilter filter)
    {
        using IDisposable folderLock = files.Lock();
        foreach (JournalRecord record in new JournalInspector(files, filter).Read())
            yield return record;
    }

    private static T Locked<T>(string data, FileAccess access, Func<IJournalFiles, T> work)
    {
        DiskJournalFiles files = DiskJournalFiles.Existing(data, access);
        using IDisposable folderLock = files.Lock();
        return work(files);
    }
}
