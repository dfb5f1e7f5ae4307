namespace HybridAgents.Durable;

/// <summary>How an activity is called.</summary>
/// <param name="Key">
/// The logical step, such as <c>2/model/0</c>, unique within the instance and stable over attempts, replays and ContinueAsNew generations.
/// The activity's idempotency key is the instance id, a slash and this key. Null takes a fresh deterministic GUID.
/// </param>
/// <param name="Retry">Null for one attempt.</param>
public sealed record ActivityOptions(string? Key = null, RetryPolicy? Retry = null);

/// <summary>How a sub-orchestration is called.</summary>
/// <param name="InstanceId">The child's id; null takes the parent's id, a colon and a deterministic GUID.</param>
/// <param name="Version">The version to run; null takes the newest registered one.</param>
/// <param name="Retry">Null for one attempt; each further attempt is a new instance, <c>{id}~{attempt}</c>.</param>
public sealed record SubOrchestrationOptions(string? InstanceId = null, string? Version = null, RetryPolicy? Retry = null);

/// <summary>What is recorded when an instance is asked to stop.</summary>
/// <param name="Reason">Why, in the caller's words.</param>
/// <param name="RequestedAt">When, UTC.</param>
public sealed record CancelRequest(string? Reason, DateTimeOffset RequestedAt);
