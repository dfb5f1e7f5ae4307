namespace HybridAgents.TestSupport;

/// <summary>A clock that stands still until a test moves it. Timers fire in the order in which they are due, on the thread that moves the clock. Safe for concurrent use.</summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private long _elapsed; // Monotonic ticks; unlike the wall clock it never jumps.
    private long _order;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets how many timers wait to fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return _elapsed;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass. Each timer due on the way fires with the clock at its due time, also one that a timer before it has set.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long end = GetTimestamp() + by.Ticks;
        while (Next(end) is { } timer)
            timer.Fire();
    }

    /// <summary>Sets the wall clock, as an operator or a time server would; no time passes and no timer fires.</summary>
    public void Jump(DateTimeOffset now)
    {
        lock (_gate)
            _now = now;
    }

    private ManualTimer? Next(long end)
    {
        lock (_gate)
        {
            ManualTimer? next = _timers.Where(timer => timer.Due <= end).MinBy(timer => (timer.Due, timer.Order));
            long moment = Math.Max(next?.Due ?? end, _elapsed);
            _now += TimeSpan.FromTicks(moment - _elapsed);
            _elapsed = moment;
            next?.Rearm();
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private long _period;

        public long Due { get; private set; }

        public long Order { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                _period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Enqueue(owner._elapsed + dueTime.Ticks);
            }
            return true;
        }

        public void Rearm()
        {
            owner._timers.Remove(this);
            if (_period > 0)
                Enqueue(Due + _period);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._gate)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Enqueue(long due)
        {
            (Due, Order) = (due, ++owner._order);
            owner._timers.Add(this);
        }
    }
}
