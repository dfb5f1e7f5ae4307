namespace HybridAgents.System.Tests.Crashes;

/// <summary>Where in the work the host is killed.</summary>
internal enum CrashKind
{
    /// <summary>When a watcher sees the n-th event.</summary>
    Event,

    /// <summary>When the n-th model call arrives at the server, before it is answered.</summary>
    ModelCall,

    /// <summary>When a watcher sees the n-th delta; one answer is stalled in its middle.</summary>
    Delta,

    /// <summary>When the n-th tool begins.</summary>
    Tool,

    /// <summary>When the n-th run is acknowledged.</summary>
    Accepted,

    /// <summary>When an approval is acknowledged.</summary>
    Approved,

    /// <summary>When a cancel is acknowledged.</summary>
    Cancelled,

    /// <summary>When a review is acknowledged.</summary>
    Reviewed,
}

/// <summary>Counts what happens and fires at the chosen moment.</summary>
internal sealed class CrashPoint(CrashKind kind, int count)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    public Task Reached => _reached.Task;

    public void Happened(CrashKind what)
    {
        if (what == kind && Interlocked.Decrement(ref _left) == 0)
            _reached.TrySetResult();
    }
}
