namespace HybridAgents.Api.Metrics;

/// <summary>One series of an instrument: its labels, and what was measured under them.</summary>
/// <param name="labels">As they are written, without braces.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets; empty for other kinds.</param>
internal sealed class Series(string labels, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length];
    private double _sum;
    private long _count;

    public string Labels { get; } = labels;

    /// <summary>Adds a measurement to a counter or a histogram.</summary>
    public void Add(double value)
    {
        lock (_gate)
        {
            _sum += value;
            _count++;
            int bucket = Array.FindIndex(bounds, bound => value <= bound);
            if (bucket >= 0)
                _buckets[bucket]++;
        }
    }

    /// <summary>Replaces the value of a gauge.</summary>
    public void Set(double value)
    {
        lock (_gate)
            _sum = value;
    }

    /// <summary>All values at one moment.</summary>
    public (double Sum, long Count, long[] Buckets) Read()
    {
        lock (_gate)
            return (_sum, _count, [.. _buckets]);
    }
}
