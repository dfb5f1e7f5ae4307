namespace HybridAgents.Durable.Journal;

/// <summary>An open segment file. Readers pin it; deletion waits until the last pin is gone.</summary>
internal sealed class Segment(SegmentHeader header, IJournalFile file) : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _unpinned;
    private int _pins;

    public SegmentHeader Header { get; } = header;

    public int Number => Header.Number;

    public IJournalFile File { get; } = file;

    public string Name => SegmentHeader.FileName(Number);

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="JournalCorruptException">It is missing or its header is damaged.</exception>
    /// <exception cref="JournalVersionException">This build does not read its version.</exception>
    public static Segment Open(IJournalFiles files, int number)
    {
        IJournalFile file;
        try
        {
            file = files.Open(SegmentHeader.FileName(number));
        }
        catch (FileNotFoundException)
        {
            throw new JournalCorruptException(SegmentHeader.FileName(number), 0, "the segment is missing");
        }
        try
        {
            Span<byte> header = stackalloc byte[SegmentHeader.Size];
            return new Segment(SegmentHeader.Read(header[..file.Read(0, header)], number), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads and checks the sealed bytes at the location; null if the segment is being deleted.</summary>
    public ReadOnlyMemory<byte>? Read(RecordLocation location)
    {
        lock (_gate)
        {
            if (_unpinned is not null)
                return null;
            _pins++;
        }
        try
        {
            byte[] bytes = GC.AllocateUninitializedArray<byte>(location.Length);
            int count = File.Read(location.Offset, bytes);
            if (count < bytes.Length)
                throw new JournalCorruptException(Name, location.Offset + count, $"the file ends within a value of {bytes.Length} bytes");
            if (!Crc32C.IsSealed(bytes))
                throw new JournalCorruptException(Name, location.Offset, $"the checksum of a value of {bytes.Length} bytes is wrong");
            return bytes.AsMemory(..^Crc32C.SealSize);
        }
        finally
        {
            lock (_gate)
            {
                if (--_pins == 0)
                    _unpinned?.TrySetResult();
            }
        }
    }

    /// <summary>Lets nobody in any more, and completes when the last reader has left.</summary>
    public Task RetireAsync()
    {
        lock (_gate)
        {
            _unpinned ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_pins == 0)
                _unpinned.TrySetResult();
            return _unpinned.Task;
        }
    }

    public void Dispose() => File.Dispose();
}
