using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable;

/// <summary>All that an orchestrator may use. The same on every engine.</summary>
/// <remarks>
/// What engines do differently is built here, once: retries are a loop of calls and timers, activity input travels in an <see cref="ActivityEnvelope"/>, sizes are
/// bounded, and an event name has one waiter that is never abandoned. Members may be called from the orchestrator only, never from another thread.
/// </remarks>
public abstract class OrchestrationContext
{
    /// <summary>The largest input or result of an activity or sub-orchestration, in bytes of JSON: 16 KB.</summary>
    public const int MaxPayloadBytes = 16 * 1024;

    /// <summary>The largest custom status, in bytes of JSON: 1 KB.</summary>
    public const int MaxCustomStatusBytes = 1024;

    /// <summary>The longest instance id, in characters. An id of a sub-orchestration that the engine makes is 33 longer than its parent's.</summary>
    public const int MaxInstanceIdLength = 512;

    private readonly Dictionary<string, Task<Payload>> _waiters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets this instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <summary>Gets the parent's id; null for a root instance.</summary>
    public abstract string? ParentInstanceId { get; }

    /// <summary>Gets the version of the orchestrator that runs.</summary>
    public abstract string Version { get; }

    /// <summary>Gets whether recorded history is being replayed.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Gets the recorded time of the current turn, UTC; it never goes backwards.</summary>
    public abstract DateTimeOffset CurrentUtcDateTime { get; }

    /// <summary>Gets a task that completes when the instance is asked to stop. Recorded and replayed like any other.</summary>
    public abstract Task<CancelRequest> CancelRequested { get; }

    /// <summary>Gets the W3C trace context that the instance was started with, if any.</summary>
    public abstract string? TraceParent { get; }

    /// <summary>Gets the input in its stored form.</summary>
    protected abstract Payload Input { get; }

    /// <summary>A GUID that is the same at each replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>Completes at <paramref name="fireAt"/> (UTC, millisecond resolution, years ahead if need be).</summary>
    /// <param name="fireAt">A past time fires in the same turn or the next.</param>
    /// <param name="cancellationToken">Cancels the timer; its task is then cancelled.</param>
    public abstract Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default);

    /// <summary>Ends this generation and starts the next with <paramref name="input"/> and an empty history; call it last.</summary>
    /// <param name="input">The next generation's input.</param>
    /// <param name="newVersion">Null keeps the version.</param>
    /// <exception cref="PayloadTooLargeException">The input is above <see cref="MaxPayloadBytes"/>.</exception>
    /// <remarks>Unread events and a cancel are kept. No activity, child or waiter may be outstanding: the instance fails if one is.</remarks>
    public abstract void ContinueAsNew(object? input, string? newVersion = null);

    /// <summary>A logger that is silent during replay.</summary>
    public ILogger CreateReplaySafeLogger(string category) => new ReplaySafeLogger(this, LoggerFactory.CreateLogger(category));

    /// <summary>Reads the input.</summary>
    public T? GetInput<T>() => Input.As<T>();

    /// <summary>Completes after <paramref name="delay"/>, measured from <see cref="CurrentUtcDateTime"/>.</summary>
    public Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) => CreateTimer(CurrentUtcDateTime + delay, cancellationToken);

    /// <summary>Runs an activity, with retries as <paramref name="options"/> say.</summary>
    /// <exception cref="TaskFailedException">The last attempt failed.</exception>
    /// <exception cref="PayloadTooLargeException">The input is above <see cref="MaxPayloadBytes"/>.</exception>
    public async Task<T> CallActivityAsync<T>(string name, object? input = null, ActivityOptions? options = null)
    {
        Payload payload = Bounded($"The input of activity '{name}'", Payload.From(input));
        string key = $"{InstanceId}/{options?.Key ?? NewGuid().ToString("N")}";
        RetryPolicy retry = options?.Retry ?? RetryPolicy.None;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return (await ScheduleActivityAsync(name, new(key, attempt, TraceParent, payload))).As<T>()!;
            }
            catch (TaskFailedException failure) when (retry.Allows(attempt, failure.FailureDetails))
            {
                await CreateTimer(retry.DelayAfter(attempt));
            }
        }
    }

    /// <summary>Runs an activity whose result is of no interest.</summary>
    public Task CallActivityAsync(string name, object? input = null, ActivityOptions? options = null) => CallActivityAsync<Payload>(name, input, options);

    /// <summary>Runs another orchestrator as a child: its cancel, suspend and terminate follow this instance's.</summary>
    /// <exception cref="TaskFailedException">The child failed or was terminated.</exception>
    /// <exception cref="ArgumentException">The child's id is empty or above <see cref="MaxInstanceIdLength"/>.</exception>
    public async Task<T> CallSubOrchestratorAsync<T>(string name, object? input = null, SubOrchestrationOptions? options = null)
    {
        Payload payload = Bounded($"The input of orchestrator '{name}'", Payload.From(input));
        string id = CheckedId(options?.InstanceId ?? $"{InstanceId}:{NewGuid():N}");
        RetryPolicy retry = options?.Retry ?? RetryPolicy.None;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string attemptId = attempt == 1 ? id : $"{id}~{attempt}";
                return (await ScheduleSubOrchestrationAsync(name, options?.Version, attemptId, payload)).As<T>()!;
            }
            catch (TaskFailedException failure) when (retry.Allows(attempt, failure.FailureDetails))
            {
                await CreateTimer(retry.DelayAfter(attempt));
            }
        }
    }

    /// <summary>Completes with the next event of that name (case-insensitive); events that came before the call are kept and delivered in order.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="timeout">Null waits without end.</param>
    /// <exception cref="TaskCanceledException">The time-out passed. The waiter stays: the next call with this name goes on waiting, so no event is lost between.</exception>
    public async Task<T> WaitForExternalEvent<T>(string name, TimeSpan? timeout = null)
    {
        if (!_waiters.TryGetValue(name, out Task<Payload>? waiter))
            _waiters[name] = waiter = SubscribeToEvent(name);
        if (timeout is { } limit && !waiter.IsCompleted)
        {
            using CancellationTokenSource answered = new();
            Task expiry = CreateTimer(limit, answered.Token);
            if (await Task.WhenAny(waiter, expiry) == expiry)
                throw new TaskCanceledException($"No event '{name}' came within {limit}.");
            CancelNow(answered);
        }

        Payload payload = await waiter;
        if (_waiters.GetValueOrDefault(name) == waiter) // Of two calls that shared it, the first may have made a new one.
            _waiters.Remove(name);
        return payload.As<T>()!;
    }

    /// <summary>Sets what watchers of the instance see.</summary>
    /// <exception cref="PayloadTooLargeException">The value is above <see cref="MaxCustomStatusBytes"/>.</exception>
    public void SetCustomStatus(object? value) => StoreCustomStatus(Bounded("The custom status", Payload.From(value), MaxCustomStatusBytes));

    /// <summary>Gets the host's loggers.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>Gets whether an event waiter is outstanding.</summary>
    protected bool HasEventWaiter => _waiters.Values.Any(waiter => !waiter.IsCompleted);

    /// <summary>Gets the events that came to a waiter after its time-out and that nobody has read since: at most one a name, older than any buffered one of that name.</summary>
    protected IEnumerable<(string Name, Payload Value)> UnreadAnswers =>
        _waiters.Where(pair => pair.Value.IsCompletedSuccessfully).Select(pair => (pair.Key, pair.Value.Result));

    /// <summary>Engine: one attempt of an activity; a failure is a <see cref="TaskFailedException"/>.</summary>
    protected abstract Task<Payload> ScheduleActivityAsync(string name, ActivityEnvelope envelope);

    /// <summary>Engine: one child instance; a failure is a <see cref="TaskFailedException"/>.</summary>
    protected abstract Task<Payload> ScheduleSubOrchestrationAsync(string name, string? version, string instanceId, Payload input);

    /// <summary>Engine: completes with the next buffered or arriving event of that name; asked again only after it has completed.</summary>
    protected abstract Task<Payload> SubscribeToEvent(string name);

    /// <summary>Engine: records the custom status.</summary>
    protected abstract void StoreCustomStatus(Payload value);

    /// <summary>Cancels on this thread: the asynchronous form would run the timer's callback on the thread pool, outside the turn.</summary>
    private static void CancelNow(CancellationTokenSource source) => source.Cancel();

    /// <summary>Checks the length of an instance id.</summary>
    /// <exception cref="ArgumentException">It is empty or above <see cref="MaxInstanceIdLength"/>.</exception>
    internal static string CheckedId(string id) => id.Length is > 0 and <= MaxInstanceIdLength
        ? id
        : throw new ArgumentException($"An instance id has {id.Length} characters; 1 to {MaxInstanceIdLength} are allowed.", nameof(id));

    /// <summary>Checks a size.</summary>
    /// <exception cref="PayloadTooLargeException">The payload is above <paramref name="limit"/> bytes.</exception>
    protected static Payload Bounded(string what, Payload payload, int limit = MaxPayloadBytes) =>
        payload.Length <= limit ? payload : throw new PayloadTooLargeException(what, payload.Length, limit);
}
