using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Health;

/// <summary>Refuses calls after several failures in a row; after a rest one call at a time may try again. Safe for concurrent use.</summary>
/// <param name="settings">When it opens and for how long.</param>
/// <param name="time">The clock.</param>
internal sealed class CircuitBreaker(BreakerSettings settings, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _failures;
    private long _openedAt;
    private bool _probing;

    private bool IsTripped => _failures >= settings.Failures;

    /// <summary>Gets whether every call would be refused now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return IsTripped && (_probing || Rest() > TimeSpan.Zero);
        }
    }

    /// <summary>Asks to call. Whoever gets true must report exactly one of <see cref="Succeeded"/>, <see cref="Failed"/> and <see cref="Abandoned"/>.</summary>
    /// <param name="retryAfter">When refused: how long the rest still takes; zero while another call tries.</param>
    public bool TryEnter(out TimeSpan retryAfter)
    {
        lock (_lock)
        {
            retryAfter = IsTripped ? Rest() : TimeSpan.Zero;
            if (!IsTripped)
                return true;
            if (_probing || retryAfter > TimeSpan.Zero)
                return false;
            return _probing = true;
        }
    }

    /// <summary>A call succeeded: the circuit closes.</summary>
    public void Succeeded()
    {
        lock (_lock)
            (_failures, _probing) = (0, false);
    }

    /// <summary>A call failed. The one that trips the breaker, or a failed trial, begins a rest; failures of calls that were under way do not prolong it.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            bool wasTripped = IsTripped;
            _failures = Math.Min(_failures + 1, settings.Failures);
            if (IsTripped && (!wasTripped || _probing))
                _openedAt = time.GetTimestamp();
            _probing = false;
        }
    }

    /// <summary>A call ended without saying anything about the model: cancelled, or refused for its own content.</summary>
    public void Abandoned()
    {
        lock (_lock)
            _probing = false;
    }

    private TimeSpan Rest() => settings.Recovery - time.GetElapsedTime(_openedAt);
}
