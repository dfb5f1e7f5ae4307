using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Engine.Scheduling;

namespace HybridAgents.Durable.Engine;

/// <summary>The client of the embedded engine.</summary>
internal sealed class EmbeddedDurableClient(EmbeddedEngine engine, EmbeddedEngineOptions options) : IDurableClient
{
    private int _queuedStarts;

    private EngineRuntime Runtime => engine.Runtime;

    public async Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        string version = options.Version ?? Runtime.Registry.NewestVersion(orchestrator)
            ?? throw new ArgumentException($"No orchestrator '{orchestrator}' is registered.", nameof(orchestrator));
        if (!Runtime.Registry.Orchestrators.Contains((orchestrator, version)))
            throw new ArgumentException($"No version '{version}' of orchestrator '{orchestrator}' is registered.", nameof(options));
        Instance instance = new(OrchestrationContext.CheckedId(options.InstanceId ?? Guid.NewGuid().ToString("N")));
        await StartAsync(instance, new(orchestrator, version, Bounded("The input", input), 1, null, 0, 0, options.TraceParent, []), options.Duplicates, cancellationToken);
        return instance.Id;
    }

    public void ThrowIfBusy()
    {
        if (Runtime.RefusalReason is { } reason)
            throw new EngineBusyException(reason, TimeSpan.FromSeconds(1));
    }

    public async Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default)
    {
        if (Runtime.Instances.Find(instanceId) is not { } instance)
            return null;
        if (instance.Generation == 0)
            await Runtime.SendAsync(ShardCommand.Barrier, instance).WaitAsync(cancellationToken);
        return await SnapshotAsync(instance, fetchPayloads, cancellationToken);
    }

    public async Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        if (query.PageSize is < 1 or > 1000)
            throw new ArgumentException($"PageSize is {query.PageSize}; allowed: 1 to 1000.", nameof(query));
        Instance[] found =
        [
            .. Runtime.Instances.All.Where(instance => Matches(instance, query)).OrderBy(instance => instance.Id, StringComparer.Ordinal).Take(query.PageSize + 1),
        ];
        List<OrchestrationState> page = [];
        foreach (Instance instance in found.Take(query.PageSize))
            page.Add(await SnapshotAsync(instance, query.FetchPayloads, cancellationToken));
        return new(page, found.Length > query.PageSize ? page[^1].InstanceId : null);
    }

    public async Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellationToken = default) =>
        await Runtime.SendAsync(ShardCommand.Deliver, Existing(instanceId), new HistoryEvent.EventRaised(name, Bounded($"The payload of event '{name}'", payload)))
            .WaitAsync(cancellationToken);

    public Task<bool> CancelAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        Runtime.SendAsync(ShardCommand.Deliver, Existing(instanceId), new HistoryEvent.CancelRequested(reason)).WaitAsync(cancellationToken);

    public Task<bool> TerminateAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        Runtime.SendAsync(ShardCommand.Deliver, Existing(instanceId), new HistoryEvent.Terminated(reason)).WaitAsync(cancellationToken);

    public Task<bool> SuspendAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        WithChildrenAsync(Existing(instanceId), new HistoryEvent.Suspended(reason), cancellationToken);

    public Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken = default) =>
        WithChildrenAsync(Existing(instanceId), new HistoryEvent.Resumed(), cancellationToken);

    public async Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default)
    {
        if (Runtime.Instances.Find(instanceId) is not { } instance)
            return null;
        await instance.Ended.Task.WaitAsync(cancellationToken);
        return await SnapshotAsync(instance, fetchPayloads, cancellationToken);
    }

    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (Runtime.Instances.Find(instanceId) is not { } instance)
            return false;
        if (!instance.IsTerminal)
            throw new InvalidOperationException($"Instance '{instanceId}' is {instance.Status}; only an ended instance can be purged.");
        await instance.Ended.Task.WaitAsync(cancellationToken);
        // A parent that has no record of this end would start the child again after a crash.
        if (instance.ParentId is { } parentId && Runtime.Instances.Find(parentId) is { } parent)
            await Runtime.SendAsync(ShardCommand.Barrier, parent).WaitAsync(cancellationToken);
        foreach (Instance child in instance.Children.Select(Runtime.Instances.Find).OfType<Instance>().ToArray())
        {
            if (child.IsTerminal)
                await PurgeAsync(child.Id, cancellationToken);
            else
                await Runtime.SendAsync(ShardCommand.Barrier, child).WaitAsync(cancellationToken); // It outlives its parent: its start must be on record.
        }

        return await Runtime.SendAsync(ShardCommand.Purge, instance).WaitAsync(cancellationToken);
    }

    public async Task<string> RestartAsync(string instanceId, string? newInstanceId = null, CancellationToken cancellationToken = default)
    {
        Instance instance = Existing(instanceId);
        await Runtime.SendAsync(ShardCommand.Barrier, instance).WaitAsync(cancellationToken);
        HistoryEvent.ExecutionStarted first = Runtime.History.Origin(instance)?.Events.OfType<HistoryEvent.ExecutionStarted>().FirstOrDefault()
            ?? throw new InstanceNotFoundException(instanceId);
        Instance copy = new(OrchestrationContext.CheckedId(newInstanceId ?? Guid.NewGuid().ToString("N")));
        await StartAsync(copy, first with { ParentId = null, ParentTaskId = 0, ParentGeneration = 0 }, DuplicateIdPolicy.Reject, cancellationToken);
        return copy.Id;
    }

    public async Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (Runtime.Instances.Find(instanceId) is not { } instance)
            return [];
        await Runtime.SendAsync(ShardCommand.Barrier, instance).WaitAsync(cancellationToken);
        return DiagnosticHistory.Describe(Runtime.History.Current(instance));
    }

    private static bool Matches(Instance instance, OrchestrationQuery query) =>
        instance.Generation > 0
        && (query.ContinuationToken is null || string.CompareOrdinal(instance.Id, query.ContinuationToken) > 0)
        && (query.InstanceIdPrefix is null || instance.Id.StartsWith(query.InstanceIdPrefix, StringComparison.Ordinal))
        && (query.Name is null || instance.Name == query.Name)
        && (query.Statuses is null || query.Statuses.Contains(instance.Status))
        && (query.CreatedFrom is null || instance.CreatedAt >= query.CreatedFrom)
        && (query.CreatedTo is null || instance.CreatedAt < query.CreatedTo);

    private static Payload Bounded(string what, object? value)
    {
        Payload payload = Payload.From(value);
        return payload.Length <= OrchestrationContext.MaxPayloadBytes
            ? payload
            : throw new PayloadTooLargeException(what, payload.Length, OrchestrationContext.MaxPayloadBytes);
    }

    private Instance Existing(string instanceId) => Runtime.Instances.Find(instanceId) ?? throw new InstanceNotFoundException(instanceId);

    private async Task StartAsync(Instance instance, HistoryEvent.ExecutionStarted start, DuplicateIdPolicy duplicates, CancellationToken cancellationToken)
    {
        ThrowIfBusy();
        if (Interlocked.Increment(ref _queuedStarts) > options.MaxQueuedStarts)
        {
            Interlocked.Decrement(ref _queuedStarts);
            throw new EngineBusyException($"{options.MaxQueuedStarts} starts wait to become durable.", TimeSpan.FromSeconds(1));
        }

        try
        {
            if (await Runtime.SendAsync(ShardCommand.Deliver, instance, start).WaitAsync(cancellationToken))
                return;
            if (duplicates == DuplicateIdPolicy.Reject)
                throw new InstanceAlreadyExistsException(instance.Id);
            if (Runtime.Instances.Find(instance.Id) is { } existing)
                await Runtime.SendAsync(ShardCommand.Barrier, existing).WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _queuedStarts);
        }
    }

    /// <summary>
    /// Also walks the children where the instance itself needs no change: an earlier walk may have been cut short. A resume goes through ended instances as well, to
    /// children that they have left behind.
    /// </summary>
    private async Task<bool> WithChildrenAsync(Instance instance, HistoryEvent item, CancellationToken cancellationToken)
    {
        bool changed = !instance.Ended.Task.IsCompleted && await Runtime.SendAsync(ShardCommand.Deliver, instance, item).WaitAsync(cancellationToken);
        string[] children;
        lock (instance.Gate)
        {
            children = item is HistoryEvent.Resumed ? [.. instance.Children]
                : instance.IsTerminal ? []
                : [.. instance.Pending.Values.Select(task => task.ChildId).OfType<string>()];
        }

        foreach (string child in children)
        {
            if (Runtime.Instances.Find(child) is { } found)
                await WithChildrenAsync(found, item, cancellationToken);
        }

        return changed;
    }

    private async Task<OrchestrationState> SnapshotAsync(Instance instance, bool fetchPayloads, CancellationToken cancellationToken)
    {
        OrchestrationState state;
        long lsn;
        lock (instance.Gate)
        {
            lsn = instance.LastLsn;
            state = new()
            {
                InstanceId = instance.Id,
                Name = instance.Name,
                Version = instance.Version,
                Status = instance.Status,
                SuspendReason = instance.SuspendReason,
                ParentInstanceId = instance.ParentId,
                CreatedAt = instance.CreatedAt,
                LastUpdatedAt = instance.UpdatedAt,
                Cancel = instance.Cancel,
                CustomStatus = instance.CustomStatus,
                Failure = instance.Failure,
            };
        }

        await Runtime.Journal.WaitDurableAsync(lsn, cancellationToken);
        if (!fetchPayloads)
            return state;
        HistoryEvent.ExecutionStarted? start = Runtime.History.Current(instance).SelectMany(turn => turn.Events).OfType<HistoryEvent.ExecutionStarted>().FirstOrDefault();
        return state with { Input = start?.Input, Output = state.Status == OrchestrationStatus.Completed ? Runtime.History.Output(instance) : null };
    }
}
