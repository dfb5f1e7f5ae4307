using HybridAgents.Durable.Journal;

namespace HybridAgents.Local.Tests.Support;

/// <summary>The journal's real files on a disk that can be full or read-only: every write then fails as the system would let it fail.</summary>
internal sealed class LimitedDisk(string data) : IJournalFiles
{
    private readonly DiskJournalFiles _files = new(data);
    private volatile IOException? _refusal;

    public static IOException Full { get; } = new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    public static IOException ReadOnly { get; } = new("Read-only file system", OperatingSystem.IsWindows() ? unchecked((int)0x80070013) : 30);

    /// <summary>From now on writes fail with this; null lets them succeed again.</summary>
    public void Refuse(IOException? refusal) => _refusal = refusal;

    public IDisposable Lock() => _files.Lock();

    public IReadOnlyList<string> List() => _files.List();

    public IJournalFile Create(string name, long length = 0) => new LimitedFile(this, Allowed(_files).Create(name, length));

    public IJournalFile Open(string name) => new LimitedFile(this, _files.Open(name));

    public void Rename(string from, string to) => Allowed(_files).Rename(from, to);

    public void Delete(string name) => _files.Delete(name);

    public void SyncFolder() => _files.SyncFolder();

    private T Allowed<T>(T target) => _refusal is { } refusal ? throw new IOException(refusal.Message, refusal.HResult) : target;

    private sealed class LimitedFile(LimitedDisk disk, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => disk.Allowed(file).Write(offset, bytes);

        public void Flush() => file.Flush();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
