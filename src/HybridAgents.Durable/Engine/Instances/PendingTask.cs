namespace HybridAgents.Durable.Engine.Instances;

/// <summary>What kind of answer a decision waits for.</summary>
internal enum PendingKind : byte
{
    Activity = 1,
    Timer = 2,
    Child = 3,
}

/// <summary>A decision without its answer, in the form that survives eviction.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="ChildId">The child's id.</param>
/// <param name="DueAt">When the timer is due.</param>
internal readonly record struct PendingTask(PendingKind Kind, string? ChildId, DateTimeOffset DueAt);
