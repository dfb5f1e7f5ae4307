using Microsoft.Win32.SafeHandles;

namespace HybridAgents.Durable.Journal;

/// <summary>The journal's folder on a real disk.</summary>
internal sealed class DiskJournalFiles : IJournalFiles
{
    private readonly string _data;
    private readonly string _folder;
    private readonly FileAccess _access = FileAccess.ReadWrite;

    /// <summary>Creates the folder if need be.</summary>
    public DiskJournalFiles(string data)
    {
        _data = Path.GetFullPath(data);
        _folder = Path.Combine(_data, "journal");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // Conversations are nobody else's business.
        NativeFiles.SyncFolder(_data);
    }

    private DiskJournalFiles(string data, FileAccess access)
    {
        (_data, _access) = (Path.GetFullPath(data), access);
        _folder = Path.Combine(_data, "journal");
        if (!Directory.Exists(_folder))
            throw new DirectoryNotFoundException($"There is no journal in '{_data}': it has no folder 'journal'.");
    }

    /// <summary>The journal of an existing data folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static DiskJournalFiles Existing(string data, FileAccess access) => new(data, access);

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        try
        {
            string path = Path.Combine(_data, "lock");
            if (_access == FileAccess.Read && !File.Exists(path))
                return Stream.Null; // A backup, perhaps on a medium that takes no file.
            return new FileStream(path, _access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, _access, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"The data folder '{_data}' is in use by another process. Stop that process, or choose another data folder.", error);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)!)];

    /// <inheritdoc/>
    public IJournalFile Create(string name, long length = 0)
    {
        SafeFileHandle handle = OpenHandle(name, FileMode.Create);
        try
        {
            if (length > 0)
                NativeFiles.Reserve(handle, length);
            return new DiskFile(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IJournalFile Open(string name) => new DiskFile(OpenHandle(name, FileMode.Open));

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(Path.Combine(_folder, from), Path.Combine(_folder, to), overwrite: true);

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(Path.Combine(_folder, name));

    /// <inheritdoc/>
    public void SyncFolder() => NativeFiles.SyncFolder(_folder);

    private SafeFileHandle OpenHandle(string name, FileMode mode) =>
        File.OpenHandle(Path.Combine(_folder, name), mode, _access, FileShare.ReadWrite | FileShare.Delete);

    private sealed class DiskFile(SafeFileHandle handle) : IJournalFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer)
        {
            int total = 0;
            while (total < buffer.Length && RandomAccess.Read(handle, buffer[total..], offset + total) is var count and > 0)
                total += count;
            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }
}
