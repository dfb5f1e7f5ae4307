namespace HybridAgents.Durable.Engine.Records;

/// <summary>How a turn ended its generation.</summary>
internal abstract record TurnOutcome
{
    internal sealed record Completed(Payload Output) : TurnOutcome;

    internal sealed record Failed(TaskFailureDetails Failure) : TurnOutcome;

    internal sealed record Terminated(TaskFailureDetails Failure) : TurnOutcome;

    /// <param name="Carried">Events that nobody had read.</param>
    internal sealed record ContinuedAsNew(Payload Input, string Version, IReadOnlyList<HistoryEvent.EventRaised> Carried) : TurnOutcome;
}
