using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>What a shard is asked to do.</summary>
internal enum ShardCommand
{
    /// <summary>Take an event in.</summary>
    Deliver,

    /// <summary>Begin the generation that a ContinueAsNew asked for.</summary>
    Continue,

    /// <summary>Fail the instance because its code left its turn.</summary>
    IllegalAwait,

    /// <summary>Remove an ended instance.</summary>
    Purge,

    /// <summary>Write the instance's records again.</summary>
    Relocate,

    /// <summary>Answer when everything known so far is durable.</summary>
    Barrier,
}

/// <summary>One message to the shard that owns the instance.</summary>
/// <param name="Command">What to do.</param>
/// <param name="Instance">With which instance.</param>
/// <param name="Event">What to deliver.</param>
/// <param name="Generation">The generation that the event answers; 0 for any.</param>
/// <param name="Ack">Completed when the effect is durable: true if there was one.</param>
internal sealed record ShardMessage(
    ShardCommand Command, Instance Instance, HistoryEvent? Event = null, int Generation = 0, TaskCompletionSource<bool>? Ack = null)
{
    /// <summary>Gets the child whose end the event tells; null for other events.</summary>
    public string? Child { get; init; }
}
