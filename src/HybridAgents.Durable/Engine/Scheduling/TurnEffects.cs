using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>Sets going what a durable turn decided. Runs on the journal's thread: everything here only enqueues.</summary>
internal sealed class TurnEffects(InstanceStore instances, DurableRegistry registry, ActivityExecutor activities, TimerQueue timers, Action<ShardMessage> post)
{
    /// <summary>Notes where the turn lies.</summary>
    public void Located(Instance instance, int generation, long lsn, RecordLocation location)
    {
        lock (instance.Gate)
        {
            instance.Records.InFlight--;
            instance.Records.LocatedLsn = lsn;
            instance.Records.Add(location, generation, instances.Live);
        }
    }

    public void Apply(Instance instance, TurnRecord turn)
    {
        foreach (HistoryEvent item in turn.Events)
        {
            if (item is HistoryEvent.CancelRequested cancel)
                CancelAll(instance, cancel.Reason);
        }

        foreach (OrchestratorAction action in turn.Actions)
            Start(instance, turn.Generation, action);
        if (turn.Outcome is { } outcome)
            End(instance, turn, outcome);
    }

    /// <summary>Sets one decision going; also used for those that a restart found without an answer.</summary>
    public void Start(Instance instance, int generation, OrchestratorAction action)
    {
        switch (action)
        {
            case OrchestratorAction.ScheduleActivity call:
                activities.Enqueue(new(instance, generation, call));
                break;
            case OrchestratorAction.CreateTimer timer:
                timers.Add(instance, generation, timer.TaskId, timer.DueAt);
                break;
            case OrchestratorAction.CancelTimer cancel:
                timers.Remove(instance, generation, cancel.TaskId);
                break;
            case OrchestratorAction.StartChild child:
                StartChild(instance, generation, child);
                break;
        }
    }

    /// <summary>Passes a cancel on to running activities and open children.</summary>
    public void CancelAll(Instance instance, string? reason)
    {
        instance.Running.Cancel(ActivityCancellation.RunCancelled);
        foreach (Instance child in OpenChildren(instance))
            post(new(ShardCommand.Deliver, child, new HistoryEvent.CancelRequested(reason)));
    }

    private void End(Instance instance, TurnRecord turn, TurnOutcome outcome)
    {
        if (outcome is TurnOutcome.ContinuedAsNew)
            return;
        instance.Ended.TrySetResult();
        if (outcome is TurnOutcome.Terminated terminated)
        {
            instance.Running.Cancel(ActivityCancellation.RunCancelled);
            foreach (Instance child in instance.Children.Select(instances.Find).OfType<Instance>().Where(child => !child.IsTerminal))
                post(new(ShardCommand.Deliver, child, new HistoryEvent.Terminated(terminated.Failure.ErrorMessage)));
        }

        if (instance.ParentId is { } parentId && instances.Find(parentId) is { } parent)
            post(new(ShardCommand.Deliver, parent, Answer(instance.ParentTaskId, outcome)) { Child = instance.Id });
    }

    /// <summary>What a child's end is to its parent.</summary>
    public static HistoryEvent Answer(int taskId, TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Completed completed => new HistoryEvent.TaskCompleted(taskId, completed.Output),
        TurnOutcome.Failed failed => new HistoryEvent.TaskFailed(taskId, failed.Failure),
        TurnOutcome.Terminated terminated => new HistoryEvent.TaskFailed(taskId, terminated.Failure),
        _ => throw new ArgumentException("The child has not ended.", nameof(outcome)),
    };

    private void StartChild(Instance parent, int generation, OrchestratorAction.StartChild call)
    {
        string? version = call.Version ?? registry.NewestVersion(call.Name);
        if (version is null || !registry.Orchestrators.Contains((call.Name, version)))
        {
            Refuse(parent, generation, call, $"No orchestrator '{call.Name}' of version '{version ?? "any"}' is registered.");
            return;
        }

        // In the store at once: a cancel or suspend of the parent that follows must find it.
        Instance child = new(call.ChildId) { ParentId = parent.Id };
        if (!instances.TryAdd(child))
        {
            Refuse(parent, generation, call, $"An instance with the id '{call.ChildId}' already exists.");
            return;
        }

        post(new(
            ShardCommand.Deliver,
            child,
            new HistoryEvent.ExecutionStarted(call.Name, version, call.Input, 1, parent.Id, call.TaskId, generation, parent.TraceParent, [])));
        if (parent.Cancel is { } cancel)
            post(new(ShardCommand.Deliver, child, new HistoryEvent.CancelRequested(cancel.Reason)));
        if (parent.Status == OrchestrationStatus.Suspended)
            post(new(ShardCommand.Deliver, child, new HistoryEvent.Suspended(parent.SuspendReason)));
    }

    private void Refuse(Instance parent, int generation, OrchestratorAction.StartChild call, string message) => post(new(
        ShardCommand.Deliver, parent, new HistoryEvent.TaskFailed(call.TaskId, new(typeof(InvalidOperationException).FullName!, message, IsNonRetriable: true)), generation)
    {
        Child = call.ChildId,
    });

    private List<Instance> OpenChildren(Instance instance)
    {
        lock (instance.Gate)
            return [.. instance.Pending.Values.Select(task => task.ChildId is { } id ? instances.Find(id) : null).OfType<Instance>()];
    }
}
