using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Journal;

/// <summary>A position up to which everything is on disk and every participant has been told.</summary>
/// <param name="Lsn">The last LSN.</param>
/// <param name="Segment">The segment in which, or after which, the next record will lie.</param>
/// <param name="Bytes">Bytes of frames written since the journal was opened.</param>
internal readonly record struct CommitPoint(long Lsn, int Segment, long Bytes);

/// <summary>Queues records and puts them on disk in groups, on one thread of its own: a group is whatever arrived during the last fsync.</summary>
/// <remarks>In a simulation it has no thread: each group is a task of the simulation's scheduler.</remarks>
internal sealed class JournalWriter
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly object _gate = new(); // A Monitor rather than a Lock: the thread waits on it.
    private readonly SegmentWriter _segments;
    private readonly FrameBuffer _frame;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<CommitPoint> _committed;
    private readonly Thread? _thread; // Null in a simulation.

    private List<JournalEntry> _queue = [];
    private List<JournalEntry> _taken = [];
    private int _next; // The first of _taken that is not on disk.
    private TaskCompletionSource? _queueDurable; // Completes when all of _queue is on disk; made for the first waiter.
    private TaskCompletionSource? _takenDurable; // The same for _taken.
    private long _lastLsn;
    private long _takenLsn;
    private long _durableLsn;
    private CommitPoint _point;
    private string? _refusalReason;
    private Exception? _failure;
    private bool _idle;
    private bool _closing;
    private bool _probeDue;

    /// <param name="segments">Where frames go.</param>
    /// <param name="tail">Where the journal ends.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">For the probing of a full disk.</param>
    /// <param name="logger">For failures.</param>
    /// <param name="committed">Called on the thread after each group; must not block.</param>
    public JournalWriter(SegmentWriter segments, JournalTail tail, JournalOptions options, TimeProvider time, ILogger logger, Action<CommitPoint> committed)
    {
        (_segments, _options, _time, _logger, _committed) = (segments, options, time, logger, committed);
        _frame = new FrameBuffer(int.Min(options.MaxGroupBytes, options.SegmentBytes - SegmentHeader.Size));
        _lastLsn = _takenLsn = _durableLsn = tail.Lsn;
        _point = new CommitPoint(tail.Lsn, segments.Number, 0);
        _idle = options.Simulation is not null;
        _thread = options.Simulation is null ? new Thread(Run) { Name = "journal", IsBackground = true } : null;
        _thread?.Start();
    }

    public long DurableLsn => Volatile.Read(ref _durableLsn);

    public string? RefusalReason => Volatile.Read(ref _refusalReason);

    /// <summary>Gets the LSN appended last.</summary>
    public long LastLsn => Volatile.Read(ref _lastLsn);

    /// <summary>Gets the last commit.</summary>
    public CommitPoint Point
    {
        get
        {
            lock (_gate)
                return _point;
        }
    }

    /// <inheritdoc cref="IJournal.Append"/>
    public void Append(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_closing || _failure is not null)
                throw Stopped();
            entry.Lsn = ++_lastLsn;
            _queue.Add(entry);
            if (_idle)
                Wake();
        }
    }

    /// <inheritdoc cref="IJournal.WaitDurableAsync"/>
    public ValueTask WaitDurableAsync(long lsn, CancellationToken cancellationToken)
    {
        Task task;
        lock (_gate)
        {
            if (lsn <= _point.Lsn)
                return default;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(lsn, _lastLsn);
            if (_failure is not null)
                return ValueTask.FromException(Stopped());
            ref TaskCompletionSource? source = ref lsn <= _takenLsn ? ref _takenDurable : ref _queueDurable;
            task = (source ??= new TaskCompletionSource(_thread is null ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        return new ValueTask(task.WaitAsync(cancellationToken));
    }

    /// <summary>Throws <see cref="JournalStoppedException"/> after a failure.</summary>
    public void ThrowIfFailed()
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw Stopped();
        }
    }

    /// <summary>Writes what is queued and ends the thread. With a full disk, what cannot be written after one more try is given up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            _refusalReason ??= "The journal is stopping.";
            Monitor.PulseAll(_gate);
        }
        _thread?.Join();
        while (_thread is null && !_idle)
            Step();
    }

    /// <summary>The thread.</summary>
    private void Run()
    {
        try
        {
            while (Take(wait: true))
            {
                while (_next < _taken.Count)
                {
                    if (!TryWriteGroup() && !WaitForProbe())
                        return;
                }
            }
        }
        catch (Exception error) // The thread's last resort: whatever went wrong, nothing may be acknowledged after it.
        {
            Fail(error);
        }
        finally
        {
            AbandonRest();
        }
    }

    /// <summary>The thread's work in a simulation: one group, and a task for the next one if there is any.</summary>
    private void Step()
    {
        try
        {
            if (_next == _taken.Count && !Take(wait: false))
                return;
            if (TryWriteGroup())
                Wake();
            else if (_closing)
                Abandon(ClosedWhileFull());
            else
                _ = _time.CreateTimer(_ => Wake(), null, ProbeInterval, Timeout.InfiniteTimeSpan);
        }
        catch (Exception error) // As in Run.
        {
            Fail(error);
        }
        finally
        {
            if (_failure is not null)
                AbandonRest();
        }
    }

    /// <summary>Lets the thread, or a task in its place, look at the queue.</summary>
    private void Wake()
    {
        if (_thread is not null)
        {
            Monitor.Pulse(_gate);
            return;
        }

        _idle = false;
        _ = Task.Factory.StartNew(Step, CancellationToken.None, TaskCreationOptions.None, _options.Simulation!);
    }

    private bool Take(bool wait)
    {
        _taken.Clear();
        _next = 0;
        lock (_gate)
        {
            while (_queue.Count == 0 || _failure is not null)
            {
                _idle = true;
                if (_closing || _failure is not null || !wait)
                    return false;
                Monitor.Wait(_gate);
                _idle = false;
            }
            (_queue, _taken) = (_taken, _queue);
            (_takenDurable, _queueDurable) = (_queueDurable, null);
            _takenLsn = _lastLsn;
            _idle = false;
            return true;
        }
    }

    /// <summary>Puts the next group of what was taken on disk; false if there is no space now.</summary>
    private bool TryWriteGroup()
    {
        int end = _frame.Fill(_taken, _next);
        RecordLocation frame;
        try
        {
            frame = _segments.Write(_frame, _taken[_next].Lsn, _durableLsn);
        }
        catch (IOException error) when (NativeFiles.IsDiskFull(error))
        {
            Refuse(error);
            return false;
        }
        ClearRefusal();
        Settle(_next, end, frame);
        _next = end;
        if (_next < _taken.Count)
            return true;
        lock (_gate)
        {
            _takenDurable?.TrySetResult();
            _takenDurable = null;
        }
        return true;
    }

    private void Refuse(IOException error)
    {
        lock (_gate)
        {
            if (_closing)
                return;
            if (_refusalReason is null)
                JournalLog.DiskFull(_logger, error.Message);
            Volatile.Write(ref _refusalReason, "The disk is full or read-only.");
        }
    }

    private bool WaitForProbe()
    {
        lock (_gate)
        {
            if (!_closing)
            {
                _probeDue = false;
                using ITimer timer = _time.CreateTimer(_ => Probe(), null, ProbeInterval, Timeout.InfiniteTimeSpan);
                while (!_probeDue && !_closing)
                    Monitor.Wait(_gate);
                return true;
            }
        }
        Abandon(ClosedWhileFull());
        return false;
    }

    private void Probe()
    {
        lock (_gate)
        {
            _probeDue = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void ClearRefusal()
    {
        if (_refusalReason is null)
            return;
        lock (_gate)
        {
            if (_closing)
                return;
            Volatile.Write(ref _refusalReason, null);
        }
        JournalLog.SpaceReturned(_logger);
    }

    private void Settle(int first, int end, RecordLocation frame)
    {
        long last = _taken[end - 1].Lsn;
        Volatile.Write(ref _durableLsn, last);
        for (int i = first; i < end; i++)
        {
            JournalEntry entry = _taken[i];
            entry.OnDurable(new RecordLocation(frame.Segment, frame.Offset + _frame.Offsets[i - first], entry.Payload.Length));
        }
        CommitPoint point;
        lock (_gate)
            point = _point = new CommitPoint(last, frame.Segment, _point.Bytes + frame.Length);
        _committed(point);
    }

    /// <summary>Stops for good: what is on disk can no longer be trusted, so nothing more is acknowledged.</summary>
    public void Fail(Exception error)
    {
        if (!Abandon(error))
            return;
        JournalLog.Failed(_logger, error);
        _options.OnFatal(error);
    }

    private bool Abandon(Exception error)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return false;
            _failure = error;
            Volatile.Write(ref _refusalReason, "The journal has failed.");
            _takenDurable?.TrySetException(Stopped());
            _queueDurable?.TrySetException(Stopped());
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Tells what was not written, once nothing more will be.</summary>
    private void AbandonRest()
    {
        JournalStoppedException reason = Stopped();
        foreach (JournalEntry entry in _taken.Skip(_next).Concat(_queue))
            entry.OnAbandoned(reason);
    }

    private static IOException ClosedWhileFull() => new("The journal was closed while the disk was full.");

    private JournalStoppedException Stopped() => _failure is null ? new("The journal is closed.") : new("The journal has stopped; nothing more is acknowledged.", _failure);
}
