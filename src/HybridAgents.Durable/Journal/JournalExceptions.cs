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
}

/// <summary>The journal has failed or was closed: the records waited for are not known to be on disk, and none will be acknowledged.</summary>
public sealed class JournalStoppedException(string message, Exception? innerException = null) : Exception(message, innerException);
