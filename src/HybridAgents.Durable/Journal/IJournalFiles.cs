namespace HybridAgents.Durable.Journal;

/// <summary>The folder of the journal, as the journal uses it. Names have no folder part.</summary>
internal interface IJournalFiles
{
    /// <summary>Takes the folder for this process until the result is disposed.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    IDisposable Lock();

    /// <summary>The names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Creates or empties a file and reserves that many bytes, which read as zero.</summary>
    IJournalFile Create(string name, long length = 0);

    /// <summary>Opens a file for reading and writing.</summary>
    IJournalFile Open(string name);

    /// <summary>Renames a file over whatever has the new name.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file.</summary>
    void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void SyncFolder();
}

/// <summary>An open file. Reads may run beside one writer.</summary>
internal interface IJournalFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns the count.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes everything, or throws with any part of it written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Returns once everything written is on disk.</summary>
    void Flush();

    /// <summary>Cuts the file, or extends it with zeros.</summary>
    void SetLength(long length);
}
