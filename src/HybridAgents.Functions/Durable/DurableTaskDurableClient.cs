using HybridAgents.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using OrchestrationQuery = HybridAgents.Durable.OrchestrationQuery;

namespace HybridAgents.Functions.Durable;

/// <summary>The model's client over that of Durable Task, with <see cref="InstanceTable"/> for what the framework does not keep.</summary>
internal sealed class DurableTaskDurableClient(DurableTaskClientSource source, InstanceTable instances, DurableRegistry registry, CancelWatch cancels) : IDurableClient
{
    private DurableTaskClient Client => source.Client;

    /// <inheritdoc/>
    /// <remarks>The row that reserves the id is written first, so of two starts one wins. A start that stopped in between is finished by the next one that keeps what exists.</remarks>
    public async Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        string version = options.Version ?? registry.NewestVersion(orchestrator)
            ?? throw new ArgumentException($"No orchestrator '{orchestrator}' is registered.", nameof(orchestrator));
        if (!registry.Orchestrators.Contains((orchestrator, version)))
            throw new ArgumentException($"No version '{version}' of orchestrator '{orchestrator}' is registered.", nameof(options));
        string id = InstanceId.Checked(options.InstanceId ?? Guid.NewGuid().ToString("N"));
        InstanceStart start = new(orchestrator, version, Bounded("The input", input), options.TraceParent);
        if (!await instances.TryStartAsync(id, start, cancellationToken))
        {
            if (options.Duplicates == DuplicateIdPolicy.Reject)
                throw new InstanceAlreadyExistsException(id);
            if (await instances.GetStartAsync(id, cancellationToken) is { } first)
                start = first;
            if (start.ParentId is not null || await Client.GetInstanceAsync(id, cancellationToken) is not null)
                return id;
        }

        await ScheduleAsync(id, start, options.Duplicates, cancellationToken);
        return id;
    }

    /// <inheritdoc/>
    public async Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default) =>
        await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken) is { } metadata
            ? InstanceState.From(metadata, await instances.GetNotesAsync(instanceId, cancellationToken), fetchPayloads)
            : null;

    /// <inheritdoc/>
    /// <remarks>
    /// A page may be short. Parent, cancel request, suspend reason, and a suspend that the framework has not got to yet are read by <see cref="GetAsync"/> only; the
    /// custom status, and the version after a ContinueAsNew to another, by that or with the payloads.
    /// </remarks>
    public async Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        if (query.PageSize is < 1 or > 1000)
            throw new ArgumentException($"PageSize is {query.PageSize}; allowed: 1 to 1000.", nameof(query));
        Microsoft.DurableTask.Client.OrchestrationQuery filter = new(
            query.CreatedFrom, query.CreatedTo?.AddTicks(-1), query.Statuses?.Select(InstanceState.RuntimeStatusOf).ToArray(), null,
            query.InstanceIdPrefix, query.PageSize, query.FetchPayloads, query.ContinuationToken);
        await foreach (Page<OrchestrationMetadata> page in Client.GetAllInstancesAsync(filter).AsPages(query.ContinuationToken, query.PageSize).WithCancellation(cancellationToken))
        {
            OrchestrationState[] found = [.. page.Values
                .Select(metadata => InstanceState.From(metadata, new(), query.FetchPayloads))
                .Where(state => query.Name is null || state.Name == query.Name)
                .OrderBy(state => state.InstanceId, StringComparer.Ordinal)];
            if (found.Length > 0 || page.ContinuationToken is null)
                return new(found, page.ContinuationToken);
        }

        return new([], null);
    }

    /// <inheritdoc/>
    public async Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellationToken = default)
    {
        Payload value = Bounded($"The payload of event '{name}'", payload);
        if (IsOpen(await ExistingAsync(instanceId, cancellationToken)))
            await Client.RaiseEventAsync(instanceId, name, value, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default)
    {
        OrchestrationMetadata instance = await ExistingAsync(instanceId, cancellationToken);
        if (!IsOpen(instance))
            return false;
        CancelRequest request = await instances.CancelAsync(instanceId, reason, cancellationToken);
        cancels.Notify(instanceId, request);
        await ResumeOneAsync(instance, cancellationToken);
        await Client.RaiseEventAsync(instanceId, DurableTaskOrchestrationContext.CancelEvent, Payload.From(request), cancellationToken);
        await ForEachChildAsync(instanceId, child => CancelAsync(child, reason, cancellationToken), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> TerminateAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default)
    {
        if (!IsOpen(await ExistingAsync(instanceId, cancellationToken)))
            return false;
        cancels.Notify(instanceId, await instances.CancelAsync(instanceId, reason, cancellationToken));
        await Client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason ?? "The instance was terminated."), cancellationToken);
        await ForEachChildAsync(instanceId, child => TerminateAsync(child, reason, cancellationToken), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> SuspendAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default)
    {
        OrchestrationMetadata instance = await ExistingAsync(instanceId, cancellationToken);
        if (!IsOpen(instance))
            return false;
        bool noted = await instances.IsSuspendedAsync(instanceId, cancellationToken);
        bool suspended = instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended;
        if (!noted && !suspended)
            await instances.SetSuspendedAsync(instanceId, reason, cancellationToken);
        if (!suspended)
            await Client.SuspendInstanceAsync(instanceId, reason, cancellationToken); // Also when it is noted: an earlier call may have been cut short.
        await ForEachChildAsync(instanceId, child => SuspendAsync(child, reason, cancellationToken), cancellationToken);
        return !noted && !suspended;
    }

    /// <inheritdoc/>
    /// <remarks>Also wakes an instance that is parked in the middle of a generation, should its version be back.</remarks>
    public async Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        OrchestrationMetadata instance = await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken) ?? throw new InstanceNotFoundException(instanceId);
        bool resumes = await ResumeOneAsync(instance, cancellationToken);
        if (InstanceState.IsParked(instance))
            await Client.RaiseEventAsync(instanceId, OrchestratorRunner.WakeEvent, cancellation: cancellationToken);
        await ForEachChildAsync(instanceId, child => ResumeAsync(child, cancellationToken), cancellationToken);
        return resumes;
    }

    /// <inheritdoc/>
    public async Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default)
    {
        if (await Client.GetInstanceAsync(instanceId, cancellationToken) is null)
            return null;
        OrchestrationMetadata metadata = await Client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, cancellationToken);
        return InstanceState.From(metadata, await instances.GetNotesAsync(instanceId, cancellationToken), fetchPayloads);
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (await Client.GetInstanceAsync(instanceId, cancellationToken) is not { } instance)
            return false;
        if (IsOpen(instance))
            throw new InvalidOperationException($"Instance '{instanceId}' is {InstanceState.StatusOf(instance.RuntimeStatus)}; only an ended instance can be purged.");
        foreach (string child in await instances.GetChildrenAsync(instanceId, cancellationToken))
        {
            if (await Client.GetInstanceAsync(child, cancellationToken) is { } found && !IsOpen(found))
                await PurgeAsync(child, cancellationToken);
        }

        await Client.PurgeInstanceAsync(instanceId, cancellationToken);
        await instances.RemoveAsync(instanceId, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<string> RestartAsync(string instanceId, string? newInstanceId = null, CancellationToken cancellationToken = default)
    {
        InstanceStart start = await instances.GetStartAsync(instanceId, cancellationToken) ?? throw new InstanceNotFoundException(instanceId);
        return await ScheduleNewAsync(start.Name, start.Input, new(newInstanceId, start.Version, TraceParent: start.TraceParent), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Always empty: the framework's own tools show its history.</remarks>
    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<HistoryEntry>>([]);

    private static bool IsOpen(OrchestrationMetadata instance) => InstanceState.StatusOf(instance.RuntimeStatus)
        is not (OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated);

    private static Payload Bounded(string what, object? value)
    {
        Payload payload = Payload.From(value);
        return payload.Length <= OrchestrationContext.MaxPayloadBytes
            ? payload
            : throw new PayloadTooLargeException(what, payload.Length, OrchestrationContext.MaxPayloadBytes);
    }

    /// <summary>Schedules in a way that never replaces an instance, whatever its status.</summary>
    private async Task ScheduleAsync(string id, InstanceStart start, DuplicateIdPolicy duplicates, CancellationToken cancellationToken)
    {
        StartOrchestrationOptions options = new StartOrchestrationOptions(id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await Client.ScheduleNewOrchestrationInstanceAsync(
                FunctionNames.Of(start.Name, start.Version), Payload.From(new OrchestrationEnvelope(start.Input, start.TraceParent)), options, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The framework has several exceptions for a taken id, so the instance itself is asked for.
            if (await Client.GetInstanceAsync(id, cancellationToken) is null)
                throw;
            if (duplicates == DuplicateIdPolicy.Reject)
                throw new InstanceAlreadyExistsException(id);
        }
    }

    private async Task<OrchestrationMetadata> ExistingAsync(string instanceId, CancellationToken cancellationToken) =>
        await Client.GetInstanceAsync(instanceId, cancellationToken) ?? throw new InstanceNotFoundException(instanceId);

    /// <summary>Also where the suspend is only noted so far. The note goes last: a resume that is cut short is done by the next one.</summary>
    private async Task<bool> ResumeOneAsync(OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        bool noted = await instances.IsSuspendedAsync(instance.InstanceId, cancellationToken);
        if (!IsOpen(instance) || (!noted && instance.RuntimeStatus != OrchestrationRuntimeStatus.Suspended))
            return false;
        await Client.ResumeInstanceAsync(instance.InstanceId, cancellationToken);
        await instances.ClearSuspendedAsync(instance.InstanceId, cancellationToken);
        return true;
    }

    /// <summary>A child that is noted but not started yet is told of its parent's cancel when it starts.</summary>
    private async Task ForEachChildAsync(string instanceId, Func<string, Task<bool>> act, CancellationToken cancellationToken)
    {
        foreach (string child in await instances.GetChildrenAsync(instanceId, cancellationToken))
        {
            try
            {
                await act(child);
            }
            catch (InstanceNotFoundException)
            {
                // Not started yet, or purged.
            }
        }
    }
}
