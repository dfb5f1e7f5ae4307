namespace HybridAgents.Durable.Journal;

/// <summary>A file of the journal holds something other than what was written. Start-up stops rather than lose acknowledged records.</summary>
/// <param name="file">The file's name.</param>
/// <param name="offset">Where in the file, in bytes.</param>
/// <param name="what">What is wrong there.</param>
public sealed class JournalCorruptException(string file, long offset, string what)
    : Exception($"The journal is corrupt: {what} ({file}, offset {offset}). Restore the data folder from a backup.")
{
    /// <summary>Gets the file's name.</summary>
    public string File { get; } = file;

    /// <summary>Gets the offset in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>Gets what is wrong there.</summary>
    public string What { get; } = what;
}

/// <summary>A file of the journal was written in a format that this build does not read. Nothing has been changed.</summary>
/// <param name="file">The file's name.</param>
/// <param name="version">The version in which it was written.</param>
public sealed class JournalVersionException(string file, int version)
    : Exception(version > JournalFormat.Current
        ? $"The journal was written by a newer version of this program: {file} has format {version}, this build reads up to {JournalFormat.Current}. Start that version, or restore a backup made before it."
        : $"The journal was written by an older version of this program: {file} has format {version}, this build reads from {JournalFormat.Oldest}. Start a version in between once, which carries it forward.")
{
    /// <summary>Gets the file's name.</summary>
    public string File { get; } = file;

    /// <summary>Gets the version in which it was written.</summary>
    public int Version { get; } = version;
}

/// <summary>The journal has failed or was closed: the records waited for are not known to be on disk, and none will be acknowledged.</summary>
public sealed class JournalStoppedException(string message, Exception? innerException = null) : Exception(message, innerException);
