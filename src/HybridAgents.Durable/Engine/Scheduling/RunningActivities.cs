namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>The activities of one instance that have been handed to the executor, for firing their tokens. Safe for concurrent use.</summary>
internal sealed class RunningActivities
{
    private readonly Dictionary<int, ActivityRun> _runs = [];

    public void Add(ActivityRun run)
    {
        lock (_runs)
            _runs[run.TaskId] = run;
    }

    public void Remove(ActivityRun run)
    {
        lock (_runs)
            _runs.Remove(run.TaskId);
    }

    /// <summary>Fires the tokens of everything that runs now; what is added later is not touched.</summary>
    public void Cancel(ActivityCancellation reason)
    {
        ActivityRun[] runs;
        lock (_runs)
            runs = [.. _runs.Values];
        foreach (ActivityRun run in runs)
            run.Cancel(reason);
    }
}
