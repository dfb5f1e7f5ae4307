using HybridAgents.Durable.Engine.Instances;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>Due times in order. Waits on the monotonic clock and looks at the wall clock at least once a second, so that a jump of the wall clock is noticed.</summary>
internal sealed class TimerQueue : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Action<Instance, int, int> _fire;
    private readonly SortedSet<Entry> _entries = new(EntryOrder.Instance);
    private readonly Dictionary<(Instance Instance, int Generation, int TaskId), Entry> _byTask = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _sequence;
    private bool _stopped;

    /// <param name="time">The clock.</param>
    /// <param name="fire">Called with instance, generation and task id, in due order. Must not block.</param>
    public TimerQueue(TimeProvider time, Action<Instance, int, int> fire)
    {
        _time = time;
        _fire = fire;
        _timer = time.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(Instance instance, int generation, int taskId, DateTimeOffset dueAt)
    {
        lock (_gate)
        {
            Entry entry = new(dueAt, ++_sequence, instance, generation, taskId);
            if (_stopped || !_byTask.TryAdd((instance, generation, taskId), entry))
                return;
            _entries.Add(entry);
            if (_entries.Min == entry)
                Arm();
        }
    }

    public void Remove(Instance instance, int generation, int taskId)
    {
        lock (_gate)
        {
            if (_byTask.Remove((instance, generation, taskId), out Entry? entry))
                _entries.Remove(entry);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _stopped = true;
        _timer.Dispose();
    }

    private void FireDue()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            DateTimeOffset now = _time.GetUtcNow();
            while (_entries.Min is { } first && first.DueAt <= now)
            {
                _entries.Remove(first);
                _byTask.Remove((first.Instance, first.Generation, first.TaskId));
                _fire(first.Instance, first.Generation, first.TaskId);
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (_entries.Min is not { } first)
            return;
        TimeSpan wait = first.DueAt - _time.GetUtcNow();
        // Timers wait whole milliseconds: round up, so that nothing fires early and is armed again at once.
        double milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, LongestWait.TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private sealed record Entry(DateTimeOffset DueAt, long Sequence, Instance Instance, int Generation, int TaskId);

    private sealed class EntryOrder : IComparer<Entry>
    {
        public static EntryOrder Instance { get; } = new();

        public int Compare(Entry? x, Entry? y)
        {
            int byTime = x!.DueAt.CompareTo(y!.DueAt);
            return byTime != 0 ? byTime : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
