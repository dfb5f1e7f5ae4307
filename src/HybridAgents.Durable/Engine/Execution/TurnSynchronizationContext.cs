namespace HybridAgents.Durable.Engine.Execution;

/// <summary>Keeps an orchestrator's continuations on the thread of its turn, and notices those that come from elsewhere.</summary>
/// <param name="onForeignPost">Called when a continuation arrives outside a turn: the code awaited something that is not a context call.</param>
internal sealed class TurnSynchronizationContext(Action onForeignPost) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private int _turnThread;

    /// <summary>Gets whether the calling code runs inside the turn.</summary>
    public bool IsInTurn => _turnThread == Environment.CurrentManagedThreadId && Current == this;

    /// <summary>Runs <paramref name="step"/> and everything that it sets going, until nothing is left to run.</summary>
    public void Run(Action step)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        _turnThread = Environment.CurrentManagedThreadId;
        try
        {
            step();
            while (_queue.TryDequeue(out (SendOrPostCallback Callback, object? State) item))
                item.Callback(item.State);
        }
        finally
        {
            _turnThread = 0;
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_turnThread == Environment.CurrentManagedThreadId)
            _queue.Enqueue((d, state));
        else
            onForeignPost();
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NonDeterminismException("An orchestrator used a synchronous send to its context.");

    public override SynchronizationContext CreateCopy() => this;
}
