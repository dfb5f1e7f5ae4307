namespace HybridAgents.Durable.Journal;

/// <summary>Walks the frames of one segment at start-up and judges how it ends.</summary>
internal sealed class SegmentScanner(Segment segment, byte[] bytes, int length)
{
    /// <summary>Gets the offset after the last valid frame.</summary>
    public int Position { get; private set; } = SegmentHeader.Size;

    /// <summary>Gets whether something other than zeros follows the last valid frame.</summary>
    public bool HasRest => Rest.ContainsAnyExcept((byte)0);

    private ReadOnlySpan<byte> Rest => bytes.AsSpan(Position, length - Position);

    /// <summary>Reads the next frame and moves past it; false at the end or at damage.</summary>
    public bool TryRead(long lsn, uint previousCrc, out FrameHeader header, out int payloadOffset)
    {
        ReadOnlySpan<byte> rest = Rest;
        payloadOffset = Position + FrameHeader.Size;
        if (!FrameHeader.TryRead(rest, segment.Number, segment.Header.Salt, out header)
            || header.Lsn != lsn || header.PreviousCrc != previousCrc
            || header.Length > rest.Length - FrameHeader.Size
            || Crc32C.Compute(rest.Slice(FrameHeader.Size, header.Length)) != header.PayloadCrc)
            return false;
        Position += FrameHeader.Size + header.Length;
        return true;
    }

    /// <summary>The last record that frames from here on, valid but for what is missing before them, say was on disk; 0 if there are none.</summary>
    public long LastDurable()
    {
        ReadOnlySpan<byte> rest = Rest;
        long durable = 0;
        while (rest.IndexOf(FrameHeader.Magic) is var magic and >= 0)
        {
            rest = rest[magic..];
            if (FrameHeader.TryRead(rest, segment.Number, segment.Header.Salt, out FrameHeader header))
                durable = Math.Max(durable, header.Durable);
            rest = rest[1..];
        }
        return durable;
    }
}
