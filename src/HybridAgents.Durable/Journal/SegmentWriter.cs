using System.Security.Cryptography;

namespace HybridAgents.Durable.Journal;

/// <summary>Where the next frame goes.</summary>
/// <param name="Segment">The segment written last; null for a new journal.</param>
/// <param name="Position">The offset after its last frame.</param>
/// <param name="PreviousCrc">The checksum of its last frame.</param>
/// <param name="Lsn">The last LSN on disk.</param>
internal sealed record JournalTail(Segment? Segment, long Position, uint PreviousCrc, long Lsn);

/// <summary>Appends frames to the last segment and begins a new one when it is full. Used by one thread.</summary>
internal sealed class SegmentWriter(IJournalFiles files, SegmentSet segments, int segmentBytes, JournalTail tail)
{
    private const string TemporaryName = "segment.tmp";

    private Segment? _segment = tail.Segment;
    private long _position = tail.Position;
    private uint _previousCrc = tail.PreviousCrc;

    /// <summary>Gets the segment of the last frame, or the one that will be written first.</summary>
    public int Number => _segment?.Number ?? 1;

    /// <summary>Writes the frame, and returns after it is on disk with the segment and the offset at which it lies.</summary>
    /// <exception cref="IOException">No space (<see cref="NativeFiles.IsDiskFull"/>): nothing was written that would be found again; try again later.</exception>
    /// <exception cref="JournalStoppedException">An fsync failed: what is on disk is unknown.</exception>
    public RecordLocation Write(FrameBuffer buffer, long lsn, long durable)
    {
        if (_segment is null || _position + buffer.Length > Math.Max(segmentBytes, _segment.File.Length))
            _segment = Roll(buffer.Length, lsn);
        long offset = _position;
        (ReadOnlyMemory<byte> frame, uint crc) = buffer.Seal(_segment.Header, lsn, durable, _previousCrc);
        try
        {
            _segment.File.Write(offset, frame.Span);
        }
        catch (IOException error) when (NativeFiles.IsDiskFull(error))
        {
            _segment.File.SetLength(offset); // Back to the last durable position.
            throw;
        }
        Flush(_segment.File);
        _position += frame.Length;
        _previousCrc = crc;
        return new RecordLocation(_segment.Number, (int)offset, frame.Length);
    }

    private Segment Roll(int frameLength, long lsn)
    {
        SegmentHeader header = new((_segment?.Number ?? 0) + 1, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), lsn, _previousCrc);
        _segment?.File.SetLength(_position); // Gives back what was reserved; should zeros remain there after a crash, they do no harm.
        IJournalFile? file = null;
        try
        {
            file = files.Create(TemporaryName, Math.Max(segmentBytes, SegmentHeader.Size + frameLength));
            Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
            header.Write(bytes);
            file.Write(0, bytes);
            Flush(file);
            files.Rename(TemporaryName, SegmentHeader.FileName(header.Number));
        }
        catch
        {
            file?.Dispose();
            throw;
        }
        SyncFolder();
        Segment segment = new(header, file);
        segments.Add(segment);
        _position = SegmentHeader.Size;
        return segment;
    }

    private static void Flush(IJournalFile file)
    {
        try
        {
            file.Flush();
        }
        catch (Exception error)
        {
            throw new JournalStoppedException("An fsync of the journal failed; what is on disk is unknown.", error);
        }
    }

    private void SyncFolder()
    {
        try
        {
            files.SyncFolder();
        }
        catch (Exception error)
        {
            throw new JournalStoppedException("An fsync of the journal's folder failed; what is on disk is unknown.", error);
        }
    }
}
