namespace HybridAgents.Durable.Engine.Records;

/// <summary>Something that happened to an instance and that its code may see.</summary>
internal abstract record HistoryEvent
{
    /// <summary>A generation begins. The first one has number 1.</summary>
    /// <param name="ParentGeneration">The parent's generation that decided to start it; 0 for a root.</param>
    /// <param name="Carried">Events of the generation before that nobody had read.</param>
    internal sealed record ExecutionStarted(
        string Name, string Version, Payload Input, int Generation, string? ParentId, int ParentTaskId, int ParentGeneration, string? TraceParent, IReadOnlyList<EventRaised> Carried)
        : HistoryEvent;

    /// <summary>An activity or a child has a result.</summary>
    internal sealed record TaskCompleted(int TaskId, Payload Result) : HistoryEvent;

    /// <summary>An activity or a child has failed.</summary>
    internal sealed record TaskFailed(int TaskId, TaskFailureDetails Failure) : HistoryEvent;

    /// <summary>A timer is due.</summary>
    internal sealed record TimerFired(int TaskId) : HistoryEvent;

    /// <summary>An event came from outside.</summary>
    internal sealed record EventRaised(string Name, Payload Value) : HistoryEvent;

    /// <summary>The instance was asked to stop, at the time of the turn.</summary>
    internal sealed record CancelRequested(string? Reason) : HistoryEvent;

    /// <summary>No turns until <see cref="Resumed"/>.</summary>
    internal sealed record Suspended(string? Reason) : HistoryEvent;

    /// <summary>Turns again.</summary>
    internal sealed record Resumed : HistoryEvent;

    /// <summary>Ended by force.</summary>
    internal sealed record Terminated(string? Reason) : HistoryEvent;
}
