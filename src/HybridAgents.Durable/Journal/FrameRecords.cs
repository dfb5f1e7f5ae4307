namespace HybridAgents.Durable.Journal;

/// <summary>Walks the records of one frame's payload.</summary>
internal ref struct FrameRecords(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;
    private int _position;

    /// <summary>Gets where the next record begins, from the start of the payload.</summary>
    public readonly int Position => _position;

    /// <summary>Gets whether everything has been read.</summary>
    public readonly bool AtEnd => _position == _payload.Length;

    /// <summary>Gets whose record it is; any byte may stand there.</summary>
    public RecordKind Kind { get; private set; }

    /// <summary>Gets the record's own payload.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Gets where <see cref="Current"/> lies, from the start of the frame's payload.</summary>
    public readonly int Offset => _position - Current.Length;

    /// <summary>Reads the next record; false at the end, or if it is cut off.</summary>
    public bool TryRead()
    {
        Kind = _position < _payload.Length ? (RecordKind)_payload[_position++] : 0;
        if (!Varint.TryRead(_payload, ref _position, out ulong length) || length > (ulong)(_payload.Length - _position))
            return false;
        Current = _payload.Slice(_position, (int)length);
        _position += (int)length;
        return true;
    }
}
