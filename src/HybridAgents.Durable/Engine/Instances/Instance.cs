using HybridAgents.Durable.Engine.Execution;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Engine.Scheduling;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>An instance in memory: what its turns add up to, and its code while it is hot.</summary>
/// <remarks>Changed by its shard only, under <see cref="Gate"/>; others read under <see cref="Gate"/>.</remarks>
internal sealed class Instance(string id)
{
    /// <summary>Gets the lock between the shard and readers.</summary>
    public Lock Gate { get; } = new();

    public string Id { get; } = id;

    public string Name { get; set; } = "";

    public string Version { get; set; } = "";

    public string? ParentId { get; set; }

    public int ParentTaskId { get; set; }

    /// <summary>Gets or sets the parent's generation that started it: its task ids begin anew with each.</summary>
    public int ParentGeneration { get; set; }

    public string? TraceParent { get; set; }

    public int Generation { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Gets or sets the time of the newest turn.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    public OrchestrationStatus Status { get; set; } = OrchestrationStatus.Pending;

    public string? SuspendReason { get; set; }

    public CancelRequest? Cancel { get; set; }

    public Payload CustomStatus { get; set; }

    public TaskFailureDetails? Failure { get; set; }

    /// <summary>Gets or sets the generation that must begin next.</summary>
    public TurnOutcome.ContinuedAsNew? Next { get; set; }

    /// <summary>Gets the decisions of this generation that wait for an answer; of an ended instance, the children that it has left behind and that have not ended.</summary>
    public Dictionary<int, PendingTask> Pending { get; } = [];

    /// <summary>Gets every child that was ever started.</summary>
    public List<string> Children { get; } = [];

    /// <summary>Gets the events of turns in which the code did not run.</summary>
    public List<HistoryEvent> Backlog { get; } = [];

    /// <summary>Gets where the instance's turns lie on disk.</summary>
    public InstanceRecords Records { get; } = new();

    /// <summary>Gets or sets the newest record that is applied here; it may not be durable yet.</summary>
    public long LastLsn { get; set; }

    /// <summary>Gets or sets the code; null while the instance is cold.</summary>
    public OrchestratorExecution? Execution { get; set; }

    /// <summary>Gets the activities that run now, for firing their tokens.</summary>
    public RunningActivities Running { get; } = new();

    /// <summary>Gets who waits for the end; completed after the end is durable.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsTerminal => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;

    /// <summary>Whether it was started by that decision of that parent.</summary>
    public bool IsChildOf(Instance parent, int generation, int taskId) => ParentId == parent.Id && ParentGeneration == generation && ParentTaskId == taskId;

    /// <summary>Takes in a turn, live and at recovery alike.</summary>
    public void Apply(TurnRecord turn, long lsn)
    {
        LastLsn = lsn;
        if (IsTerminal)
        {
            Pending.Remove(ChildAnswered(turn));
            return;
        }

        UpdatedAt = turn.Time;
        foreach (HistoryEvent item in turn.Events)
            Apply(item, turn.Time);
        foreach (OrchestratorAction action in turn.Actions)
            Apply(action);
        if (turn.Executed)
            Backlog.Clear();
        else
            Backlog.AddRange(turn.Events);
        if (turn.CustomStatus is { } status)
            CustomStatus = status;
        if (turn.Outcome is { } outcome)
            Apply(outcome);
    }

    private void Apply(HistoryEvent item, DateTimeOffset time)
    {
        switch (item)
        {
            case HistoryEvent.ExecutionStarted start:
                if (start.Generation == 1)
                    CreatedAt = time;
                (Name, Version, Generation) = (start.Name, start.Version, start.Generation);
                (ParentId, ParentTaskId, ParentGeneration, TraceParent) = (start.ParentId, start.ParentTaskId, start.ParentGeneration, start.TraceParent);
                if (Status == OrchestrationStatus.Pending)
                    Status = OrchestrationStatus.Running;
                Next = null;
                Pending.Clear();
                break;
            case HistoryEvent.TaskCompleted completed:
                Pending.Remove(completed.TaskId);
                break;
            case HistoryEvent.TaskFailed failed:
                Pending.Remove(failed.TaskId);
                break;
            case HistoryEvent.TimerFired fired:
                Pending.Remove(fired.TaskId);
                break;
            case HistoryEvent.CancelRequested cancel:
                Cancel ??= new(cancel.Reason, time);
                break;
            case HistoryEvent.Suspended suspended:
                Status = OrchestrationStatus.Suspended;
                SuspendReason = suspended.Reason;
                break;
            case HistoryEvent.Resumed:
                Status = OrchestrationStatus.Running;
                SuspendReason = null;
                break;
        }
    }

    private void Apply(OrchestratorAction action)
    {
        switch (action)
        {
            case OrchestratorAction.ScheduleActivity:
                Pending[action.TaskId] = new(PendingKind.Activity, null, default);
                break;
            case OrchestratorAction.CreateTimer timer:
                Pending[action.TaskId] = new(PendingKind.Timer, null, timer.DueAt);
                break;
            case OrchestratorAction.StartChild child:
                Pending[action.TaskId] = new(PendingKind.Child, child.ChildId, default);
                Children.Add(child.ChildId);
                break;
            case OrchestratorAction.CancelTimer:
                Pending.Remove(action.TaskId);
                break;
        }
    }

    private void Apply(TurnOutcome outcome)
    {
        switch (outcome)
        {
            case TurnOutcome.ContinuedAsNew next:
                Next = next;
                Pending.Clear();
                return;
            case TurnOutcome.Completed:
                Status = OrchestrationStatus.Completed;
                break;
            case TurnOutcome.Failed failed:
                (Status, Failure) = (OrchestrationStatus.Failed, failed.Failure);
                break;
            case TurnOutcome.Terminated terminated:
                (Status, Failure) = (OrchestrationStatus.Terminated, terminated.Failure);
                break;
        }

        SuspendReason = null;
        foreach (int taskId in Pending.Where(pair => pair.Value.Kind != PendingKind.Child || outcome is TurnOutcome.Terminated).Select(pair => pair.Key).ToArray())
            Pending.Remove(taskId);
        Backlog.Clear();
        Execution = null;
    }

    /// <summary>The task that a turn after the end answers: all that such a turn can hold is the end of a child.</summary>
    private static int ChildAnswered(TurnRecord turn) => turn.Events[0] switch
    {
        HistoryEvent.TaskCompleted completed => completed.TaskId,
        HistoryEvent.TaskFailed failed => failed.TaskId,
        _ => 0,
    };
}
