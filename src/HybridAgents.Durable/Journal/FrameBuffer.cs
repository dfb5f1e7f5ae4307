namespace HybridAgents.Durable.Journal;

/// <summary>Builds the frame of one commit group in a buffer that is used again and again.</summary>
internal sealed class FrameBuffer(int maxBytes)
{
    private const int RecordOverhead = 6; // The kind, and a varint of at most five bytes.

    private readonly List<int> _offsets = [];
    private byte[] _bytes = new byte[Math.Min(maxBytes, 64 << 10)];
    private int _length;
    private uint _payloadCrc;

    /// <summary>Gets the bytes of header and payload.</summary>
    public int Length => _length;

    /// <summary>Gets where each record's payload begins, from the start of the frame.</summary>
    public IReadOnlyList<int> Offsets => _offsets;

    /// <summary>Takes entries from <paramref name="first"/> on, as many as fit but at least one, and returns the index after the last.</summary>
    public int Fill(List<JournalEntry> entries, int first)
    {
        _offsets.Clear();
        _length = FrameHeader.Size;
        if (_bytes.Length > maxBytes)
            _bytes = new byte[maxBytes];
        int next = first;
        do
        {
            ReadOnlyMemory<byte> payload = entries[next].Payload;
            int needed = _length + RecordOverhead + payload.Length;
            if (needed > maxBytes && next > first)
                break;
            if (needed > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(needed, Math.Min(maxBytes, _bytes.Length * 2)));
            _bytes[_length++] = (byte)entries[next].Kind;
            _length += Varint.Write(_bytes.AsSpan(_length), (ulong)payload.Length);
            _offsets.Add(_length);
            payload.Span.CopyTo(_bytes.AsSpan(_length));
            _length += payload.Length;
        }
        while (++next < entries.Count);
        _payloadCrc = Crc32C.Compute(_bytes.AsSpan(FrameHeader.Size, _length - FrameHeader.Size));
        return next;
    }

    /// <summary>Writes the header for the segment it goes to, and returns the frame and its checksum.</summary>
    public (ReadOnlyMemory<byte> Frame, uint Crc) Seal(in SegmentHeader segment, long lsn, long durable, uint previousCrc)
    {
        uint crc = FrameHeader.Write(_bytes, segment.Number, lsn, _offsets.Count, _length - FrameHeader.Size, durable, previousCrc, _payloadCrc, segment.Salt);
        return (_bytes.AsMemory(0, _length), crc);
    }
}
