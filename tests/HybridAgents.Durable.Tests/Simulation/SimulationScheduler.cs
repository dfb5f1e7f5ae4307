namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>Holds everything that is ready to run; the simulation runs one at a time, in an order that its seed decides.</summary>
internal sealed class SimulationScheduler : TaskScheduler
{
    private readonly List<Task> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Gets where work was set going by another thread, so that its order did not follow from the seed; null if nowhere.</summary>
    public string? Leak { get; private set; }

    /// <summary>Runs one of the tasks that are ready; false if there is none.</summary>
    public bool RunOne(Random random)
    {
        Task task;
        lock (_ready)
        {
            if (_ready.Count == 0)
                return false;
            int index = random.Next(_ready.Count);
            task = _ready[index];
            _ready.RemoveAt(index);
        }

        TryExecuteTask(task);
        return true;
    }

    /// <summary>Starts asynchronous work here.</summary>
    public Task<T> Run<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            Leak ??= Environment.StackTrace;
        lock (_ready)
            _ready.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_ready)
            return [.. _ready];
    }
}
