using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>One execution of an activity.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "The source has no timer and no linked token, so there is nothing to free, and a cancel may come after the end.")]
internal sealed class ActivityRun(Instance instance, int generation, OrchestratorAction.ScheduleActivity call)
    : ActivityContext(call.Name, instance.Id, new(call.Key, call.Attempt, instance.TraceParent, call.Input))
{
    private readonly CancellationTokenSource _source = new();
    private int _cancellation;

    public Instance Instance => instance;

    public int Generation => generation;

    public int TaskId => call.TaskId;

    public Payload Input => call.Input;

    public override CancellationToken CancellationToken => _source.Token;

    public override ActivityCancellation Cancellation => (ActivityCancellation)Volatile.Read(ref _cancellation);

    /// <summary>Fires the token; the first reason stands. Callbacks run on the thread pool, so that the caller is never held up.</summary>
    public void Cancel(ActivityCancellation reason)
    {
        if (Interlocked.CompareExchange(ref _cancellation, (int)reason, (int)ActivityCancellation.None) == (int)ActivityCancellation.None)
            _ = _source.CancelAsync();
    }
}
