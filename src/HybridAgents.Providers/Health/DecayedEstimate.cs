namespace HybridAgents.Providers.Health;

/// <summary>Error rate and latency of a model, where a call counts half after each half-life, so that a model that was bad is tried again. Safe for concurrent use.</summary>
/// <param name="time">The clock.</param>
internal sealed class DecayedEstimate(TimeProvider time)
{
    /// <summary>Below this weight nothing is claimed to be known: about four half-lives after the last call.</summary>
    private const double LeastWeight = 0.05;

    /// <summary>Successes assumed in advance, so that one failure alone does not read as an error rate of 1.</summary>
    private const double Prior = 1;

    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private double _calls;
    private double _failures;
    private double _answers;
    private double _milliseconds;

    public void Succeeded(TimeSpan latency)
    {
        lock (_lock)
        {
            Decay();
            _calls++;
            _answers++;
            _milliseconds += latency.TotalMilliseconds;
        }
    }

    public void Failed()
    {
        lock (_lock)
        {
            Decay();
            _calls++;
            _failures++;
        }
    }

    /// <summary>The mean milliseconds to the first token, null when not known, and the share of failed calls.</summary>
    public (double? LatencyMs, double ErrorRate) Read()
    {
        lock (_lock)
        {
            Decay();
            return (_answers < LeastWeight ? null : _milliseconds / _answers, _failures / (_calls + Prior));
        }
    }

    private void Decay()
    {
        long now = time.GetTimestamp();
        double factor = Math.Pow(0.5, time.GetElapsedTime(_at, now) / HalfLife);
        _at = now;
        _calls *= factor;
        _failures *= factor;
        _answers *= factor;
        _milliseconds *= factor;
    }
}
