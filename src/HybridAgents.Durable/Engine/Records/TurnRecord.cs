namespace HybridAgents.Durable.Engine.Records;

/// <summary>All that one turn took in and decided: written whole or not at all.</summary>
internal sealed record TurnRecord
{
    /// <summary>Gets the generation that the turn belongs to.</summary>
    public required int Generation { get; init; }

    /// <summary>Gets the turn's time, UTC; never before the turn before it.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets whether the code ran. If not, the events wait for the next turn that does.</summary>
    public required bool Executed { get; init; }

    /// <summary>Gets what came in, in order.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    /// <summary>Gets what was decided, in order.</summary>
    public IReadOnlyList<OrchestratorAction> Actions { get; init; } = [];

    /// <summary>Gets the custom status, if the turn set it.</summary>
    public Payload? CustomStatus { get; init; }

    /// <summary>Gets how the generation ended, if it did.</summary>
    public TurnOutcome? Outcome { get; init; }
}
