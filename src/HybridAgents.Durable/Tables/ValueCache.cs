namespace HybridAgents.Durable.Tables;

/// <summary>
/// The stored values written or read last, by version and ordinal, up to a number of bytes. A value that is not yet on disk stays regardless: it is nowhere else. Safe
/// for concurrent use.
/// </summary>
internal sealed class ValueCache(long maxBytes)
{
    private const int EntryOverhead = 96;

    private readonly Lock _gate = new();
    private readonly Dictionary<(long Version, int Ordinal), ReadOnlyMemory<byte>> _values = [];
    private readonly Queue<(long Version, int Ordinal)> _order = new();
    private long _bytes;
    private long _settled;

    public void Add(in RowSlot slot, ReadOnlyMemory<byte> value)
    {
        lock (_gate)
        {
            if (!_values.TryAdd((slot.Version, slot.Ordinal), value))
                return;
            _order.Enqueue((slot.Version, slot.Ordinal));
            _bytes += value.Length + EntryOverhead;
            Trim();
        }
    }

    public bool TryGet(in RowSlot slot, out ReadOnlyMemory<byte> value)
    {
        lock (_gate)
            return _values.TryGetValue((slot.Version, slot.Ordinal), out value);
    }

    /// <summary>Values up to this LSN can be read from disk.</summary>
    public void Settle(long lsn)
    {
        lock (_gate)
        {
            _settled = lsn;
            Trim();
        }
    }

    private void Trim()
    {
        while (_bytes > maxBytes && _order.TryPeek(out (long Version, int Ordinal) oldest) && oldest.Version <= _settled)
        {
            _order.Dequeue();
            if (_values.Remove(oldest, out ReadOnlyMemory<byte> value))
                _bytes -= value.Length + EntryOverhead;
        }
    }
}
