namespace HybridAgents.Durable.Journal;

/// <summary>How many bytes of each segment are still referred to. Safe for concurrent use.</summary>
internal sealed class LiveBytes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _bytes = [];

    public long this[int segment]
    {
        get
        {
            lock (_gate)
                return _bytes.GetValueOrDefault(segment);
        }
    }

    /// <summary>Adds to the segment; segment 0, which is none, does not count.</summary>
    public void Add(int segment, long bytes)
    {
        if (segment == 0)
            return;
        lock (_gate)
        {
            long now = _bytes.GetValueOrDefault(segment) + bytes;
            if (now == 0)
                _bytes.Remove(segment);
            else
                _bytes[segment] = now;
        }
    }
}
