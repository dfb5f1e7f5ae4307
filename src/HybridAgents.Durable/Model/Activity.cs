namespace HybridAgents.Durable;

/// <summary>One step that touches the world. Runs at least once: a crash between its effect and its record runs it again with the same key.</summary>
/// <remarks>Created per invocation with constructor injection, in a service scope of its own.</remarks>
public abstract class Activity<TInput, TOutput> : IActivity
{
    /// <summary>
    /// Does the step. When the token fires because the run is cancelled, return what is known so far (a result that says so): do not throw.
    /// An exception is a failure for the retry policy.
    /// </summary>
    public abstract Task<TOutput> RunAsync(ActivityContext context, TInput input);

    async Task<Payload> IActivity.RunAsync(ActivityContext context, Payload input) =>
        Payload.From(await RunAsync(context, input.As<TInput>()!));
}

/// <summary>An activity without its types, as engines see it.</summary>
public interface IActivity
{
    /// <summary>Runs the activity.</summary>
    Task<Payload> RunAsync(ActivityContext context, Payload input);
}

/// <summary>Why an activity's token fired.</summary>
public enum ActivityCancellation
{
    /// <summary>It has not fired.</summary>
    None,

    /// <summary>The run was cancelled or terminated: return what is known so far.</summary>
    RunCancelled,

    /// <summary>The host is stopping: throw <see cref="OperationCanceledException"/>. Whatever is thrown now is no failure: the step runs again after the restart, and no attempt is consumed.</summary>
    HostStopping,
}

/// <summary>What an activity knows of its call.</summary>
/// <param name="name">The activity's registered name.</param>
/// <param name="instanceId">The calling instance.</param>
/// <param name="envelope">Key, attempt and trace context as the orchestrator made them.</param>
public class ActivityContext(string name, string instanceId, ActivityEnvelope envelope)
{
    /// <summary>Gets the activity's registered name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the calling instance's id.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Gets the 1-based attempt under the retry policy. A re-execution after a crash repeats the attempt's number.</summary>
    public int Attempt { get; } = envelope.Attempt;

    /// <summary>Gets the idempotency key: instance id and logical step; the same for every attempt and every re-execution.</summary>
    public string Key { get; } = envelope.Key;

    /// <summary>Gets the W3C trace context of the run, if any.</summary>
    public string? TraceParent { get; } = envelope.TraceParent;

    /// <summary>Gets a token that fires when the run is cancelled or terminated, or the host stops; <see cref="Cancellation"/> says which.</summary>
    public virtual CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>Gets why the token fired.</summary>
    public virtual ActivityCancellation Cancellation => ActivityCancellation.None;
}

/// <summary>How an activity's input travels on every engine.</summary>
/// <param name="Key">Idempotency key.</param>
/// <param name="Attempt">1-based attempt.</param>
/// <param name="TraceParent">W3C trace context.</param>
/// <param name="Payload">The input.</param>
public sealed record ActivityEnvelope(string Key, int Attempt, string? TraceParent, Payload Payload);
