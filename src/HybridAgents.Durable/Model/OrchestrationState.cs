namespace HybridAgents.Durable;

/// <summary>Where an instance stands.</summary>
public enum OrchestrationStatus
{
    /// <summary>Accepted; its first turn has not run.</summary>
    Pending,

    /// <summary>Between its first turn and its end.</summary>
    Running,

    /// <summary>Taking no turns until it is resumed; events are kept.</summary>
    Suspended,

    /// <summary>Ended with a result.</summary>
    Completed,

    /// <summary>Ended with an exception.</summary>
    Failed,

    /// <summary>Ended by force.</summary>
    Terminated,
}

/// <summary>What the client sees of an instance.</summary>
public sealed record OrchestrationState
{
    /// <summary>Gets the id.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Gets the orchestrator's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the orchestrator's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the status.</summary>
    public required OrchestrationStatus Status { get; init; }

    /// <summary>Gets why it is suspended: the caller's words, or <c>version_unavailable</c>.</summary>
    public string? SuspendReason { get; init; }

    /// <summary>Gets the parent's id.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Gets when it was accepted, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when it last changed, UTC.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Gets the recorded cancel request, if any.</summary>
    public CancelRequest? Cancel { get; init; }

    /// <summary>Gets the custom status.</summary>
    public Payload CustomStatus { get; init; }

    /// <summary>Gets the input of the current generation; null unless asked for.</summary>
    public Payload? Input { get; init; }

    /// <summary>Gets the result; null unless completed and asked for.</summary>
    public Payload? Output { get; init; }

    /// <summary>Gets the failure of a failed or terminated instance.</summary>
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Gets whether it has ended.</summary>
    public bool IsTerminal => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;
}

/// <summary>One entry of an instance's diagnostic history.</summary>
/// <param name="Sequence">1-based position in the current generation.</param>
/// <param name="Time">Time of the turn, UTC.</param>
/// <param name="Kind">Such as <c>activity_scheduled</c>, <c>activity_completed</c>, <c>timer_fired</c>.</param>
/// <param name="Name">Name of the activity, event or child.</param>
/// <param name="TaskId">What ties a completion to its start; null where nothing does.</param>
/// <param name="Detail">Failure message or due time, when there is one.</param>
public sealed record HistoryEntry(long Sequence, DateTimeOffset Time, string Kind, string? Name, int? TaskId, string? Detail);
