using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>When a run must stop: its deadline, a durable timer that can stand still, or a cancel.</summary>
internal sealed class RunClock : IDisposable
{
    private readonly OrchestrationContext _context;
    private CancellationTokenSource _timer = new();
    private Task _expiry;
    private DateTimeOffset _pausedAt;

    public RunClock(OrchestrationContext context, DateTimeOffset deadline)
    {
        _context = context;
        Deadline = deadline;
        _expiry = context.CreateTimer(deadline, _timer.Token);
        Over = Task.WhenAny(context.CancelRequested, _expiry);
    }

    /// <summary>Gets the deadline, UTC.</summary>
    public DateTimeOffset Deadline { get; private set; }

    /// <summary>Gets a task that completes when the run must stop; another one after each pause.</summary>
    public Task Over { get; private set; }

    public bool IsOver => _context.CancelRequested.IsCompleted || HasTimedOut;

    public bool HasTimedOut => _expiry.IsCompletedSuccessfully || _context.CurrentUtcDateTime >= Deadline;

    /// <summary>Lets the run's time stand still: only a cancel stops it now.</summary>
    public void Pause()
    {
        _pausedAt = _context.CurrentUtcDateTime;
        Dispose();
        Over = _context.CancelRequested;
    }

    /// <summary>Goes on: the deadline is later by the time that stood still.</summary>
    public void Resume() => ResumeWith(Deadline + (_context.CurrentUtcDateTime - _pausedAt));

    /// <summary>Goes on with a deadline that others have kept meanwhile.</summary>
    public void ResumeWith(DateTimeOffset deadline)
    {
        Deadline = deadline;
        _timer = new();
        _expiry = _context.CreateTimer(Deadline, _timer.Token);
        Over = Task.WhenAny(_context.CancelRequested, _expiry);
    }

    /// <summary>Takes the timer back. On this thread: cancelling asynchronously would run the callback outside the turn.</summary>
    public void Dispose()
    {
        _timer.Cancel();
        _timer.Dispose();
    }
}
