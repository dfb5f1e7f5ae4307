namespace HybridAgents.Durable;

/// <summary>What a start does when the id is taken.</summary>
public enum DuplicateIdPolicy
{
    /// <summary>Throws <see cref="InstanceAlreadyExistsException"/>, whatever the other instance's status.</summary>
    Reject,

    /// <summary>Leaves the existing instance as it is and succeeds.</summary>
    KeepExisting,
}

/// <summary>How an instance is started.</summary>
/// <param name="InstanceId">1 to <see cref="OrchestrationContext.MaxInstanceIdLength"/> characters; null takes a new GUID.</param>
/// <param name="Version">Null takes the newest registered version.</param>
/// <param name="Duplicates">What happens when the id is taken.</param>
/// <param name="TraceParent">W3C trace context that activities receive.</param>
public sealed record StartOptions(
    string? InstanceId = null, string? Version = null, DuplicateIdPolicy Duplicates = DuplicateIdPolicy.Reject, string? TraceParent = null);

/// <summary>Which instances a query returns.</summary>
public sealed record OrchestrationQuery
{
    /// <summary>Gets the wanted statuses; null for all.</summary>
    public IReadOnlyCollection<OrchestrationStatus>? Statuses { get; init; }

    /// <summary>Gets the wanted orchestrator name; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Gets what ids begin with; null for all.</summary>
    public string? InstanceIdPrefix { get; init; }

    /// <summary>Gets the earliest creation time; null for no bound.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Gets the creation time before which instances are returned; null for no bound.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Gets the most instances of a page: 1 to 1000, 100 by default.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Gets the token of the page before; null for the first page.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>Gets whether inputs and outputs are read.</summary>
    public bool FetchPayloads { get; init; }
}

/// <summary>A page of instances, in order of their ids.</summary>
/// <param name="Instances">The instances.</param>
/// <param name="ContinuationToken">Null after the last page.</param>
public sealed record OrchestrationPage(IReadOnlyList<OrchestrationState> Instances, string? ContinuationToken);

/// <summary>Starts, watches and controls instances. Every call that changes something returns after the change is durable.</summary>
public interface IDurableClient
{
    /// <summary>Starts an instance and returns its id.</summary>
    /// <exception cref="ArgumentException">The orchestrator or its version is not registered, or the id is empty or too long.</exception>
    /// <exception cref="InstanceAlreadyExistsException">The id is taken and the policy rejects that.</exception>
    /// <exception cref="EngineBusyException">No new work is taken now.</exception>
    Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Throws if a start would be refused now. For a caller that writes rows before the start: refused after them, it would have to wait for the disk to take them back.</summary>
    /// <remarks>An engine that only learns it from a start lets the caller pass, and a start may be refused after all.</remarks>
    /// <exception cref="EngineBusyException">No new work is taken now.</exception>
    void ThrowIfBusy()
    {
    }

    /// <summary>Reads an instance; null if there is none.</summary>
    Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of instances.</summary>
    Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken = default);

    /// <summary>Sends an event. An ended instance ignores it.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the instance and its children to stop: records the request, resumes a suspended one, completes <see cref="OrchestrationContext.CancelRequested"/> and fires
    /// the tokens of running activities. The first request stays; a later one changes nothing. An ended instance is left as it is.
    /// </summary>
    /// <returns>False when the instance had ended.</returns>
    Task<bool> CancelAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Ends the instance and its children by force. Activities' tokens fire and their results are dropped.</summary>
    /// <returns>False when the instance had ended.</returns>
    Task<bool> TerminateAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Stops the instance and its children from taking turns; running activities go on and their results are kept.</summary>
    /// <returns>False when the instance had ended or is suspended already.</returns>
    Task<bool> SuspendAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Lets a suspended instance and its children go on.</summary>
    /// <returns>False when the instance is not suspended.</returns>
    Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Waits until the instance has ended; null if there is no such instance. The wait ends with the token, not the instance.</summary>
    Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default);

    /// <summary>Removes an ended instance and its ended children.</summary>
    /// <returns>False when there is no such instance.</returns>
    /// <exception cref="InvalidOperationException">The instance has not ended.</exception>
    Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Starts a new instance with the same orchestrator, version and first input, and returns its id.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    Task<string> RestartAsync(string instanceId, string? newInstanceId = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the diagnostic history of the current generation; empty if there is no such instance.</summary>
    Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken = default);
}
