using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>A folder in memory that knows what a power cut would leave of it, and can fail on request.</summary>
internal sealed class SimulatedFiles : IJournalFiles
{
    private readonly Lock _gate = new();
    private Dictionary<string, Content> _live = [];
    private Dictionary<string, Content> _durable = [];

    /// <summary>Called before each fsync of a file, on the thread that does it; may block or throw.</summary>
    public Action<string> OnFlush { get; set; } = _ => { };

    /// <summary>Called before each write with the bytes that it brings; returns how many of them the disk takes before it is full.</summary>
    public Func<string, int, int> OnWrite { get; set; } = (_, count) => count;

    /// <summary>Called before each read.</summary>
    public Action<string> OnRead { get; set; } = _ => { };

    public bool IsFull { get; set; }

    /// <summary>Gets or sets whether every change is refused, as by a file system that was remounted after an error.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Gets how often a file was flushed.</summary>
    public int Flushes { get; private set; }

    public IDisposable Lock() => new MemoryStream();

    public IReadOnlyList<string> List()
    {
        lock (_gate)
            return [.. _live.Keys];
    }

    public IJournalFile Create(string name, long length = 0)
    {
        ThrowIfReadOnly();
        lock (_gate)
        {
            if (IsFull && length > 0)
                throw Full();
            Content content = _live[name] = new Content();
            Resize(ref content.Live, length);
            return new Handle(this, name, content);
        }
    }

    public IJournalFile Open(string name)
    {
        lock (_gate)
            return new Handle(this, name, _live.GetValueOrDefault(name) ?? throw new FileNotFoundException(name));
    }

    public void Rename(string from, string to)
    {
        ThrowIfReadOnly();
        lock (_gate)
        {
            _live.Remove(from, out Content? content);
            _live[to] = content ?? throw new FileNotFoundException(from);
        }
    }

    public void Delete(string name)
    {
        ThrowIfReadOnly();
        lock (_gate)
            _live.Remove(name);
    }

    public void SyncFolder()
    {
        lock (_gate)
            _durable = new Dictionary<string, Content>(_live);
    }

    /// <summary>The folder after a power cut: what was synced. With <paramref name="torn"/>, that many bytes of each file's unsynced change reached the disk as well.</summary>
    public SimulatedFiles AfterPowerCut(int torn = 0)
    {
        lock (_gate)
            return new SimulatedFiles { _live = _durable.ToDictionary(pair => pair.Key, pair => pair.Value.AfterPowerCut(torn)), _durable = _durable.ToDictionary(pair => pair.Key, pair => pair.Value.AfterPowerCut(torn)) };
    }

    /// <summary>The bytes of a file, to look at or to damage.</summary>
    public byte[] this[string name]
    {
        get
        {
            lock (_gate)
                return _live[name].Live;
        }
        set
        {
            lock (_gate)
                _live[name] = _durable[name] = new Content { Live = value, Synced = [.. value] };
        }
    }

    /// <summary>Whether a write of that many bytes to that file is a commit group, and not the header of a segment or something else.</summary>
    public static bool IsFrame(string name, int bytes) => bytes > SegmentHeader.Size && name.Contains("segment", StringComparison.Ordinal);

    public static IOException Full() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    private static IOException ReadOnly() => new("Read-only file system", OperatingSystem.IsWindows() ? unchecked((int)0x80070013) : 30);

    private void ThrowIfReadOnly()
    {
        if (IsReadOnly)
            throw ReadOnly();
    }

    private static void Resize(ref byte[] bytes, long length) => Array.Resize(ref bytes, (int)length);

    private sealed class Content
    {
        public byte[] Live = [];
        public byte[] Synced = [];

        public Content AfterPowerCut(int torn)
        {
            byte[] bytes = [.. Synced];
            int first = Live.AsSpan().CommonPrefixLength(Synced);
            int count = Math.Min(torn, Math.Min(Live.Length, Synced.Length) - first);
            if (count > 0)
                Live.AsSpan(first, count).CopyTo(bytes.AsSpan(first));
            return new Content { Live = bytes, Synced = [.. bytes] };
        }
    }

    private sealed class Handle(SimulatedFiles owner, string name, Content content) : IJournalFile
    {
        public long Length
        {
            get
            {
                lock (owner._gate)
                    return content.Live.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            owner.OnRead(name);
            lock (owner._gate)
            {
                ReadOnlySpan<byte> source = content.Live.AsSpan((int)Math.Min(offset, content.Live.Length));
                source = source[..Math.Min(source.Length, buffer.Length)];
                source.CopyTo(buffer);
                return source.Length;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.ThrowIfReadOnly();
            int taken = owner.IsFull ? 0 : owner.OnWrite(name, bytes.Length);
            lock (owner._gate)
            {
                if (content.Live.Length < offset + taken)
                    Resize(ref content.Live, offset + taken);
                bytes[..taken].CopyTo(content.Live.AsSpan((int)offset));
            }
            if (taken < bytes.Length)
                throw Full();
        }

        public void Flush()
        {
            owner.OnFlush(name);
            lock (owner._gate)
            {
                owner.Flushes++;
                content.Synced = [.. content.Live];
            }
        }

        public void SetLength(long length)
        {
            owner.ThrowIfReadOnly();
            lock (owner._gate)
                Resize(ref content.Live, length);
        }

        public void Dispose()
        {
        }
    }
}
