using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using OrchestrationQuery = Microsoft.DurableTask.Client.OrchestrationQuery;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>The framework's client on the embedded engine's.</summary>
internal sealed class EmbeddedDurableTaskClient(Func<IDurableClient> engine, LargeValues large) : DurableTaskClient("embedded")
{
    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default) =>
        engine().ScheduleNewAsync(orchestratorName, large.Put(Payload.From(input)), new(options?.InstanceId), cancellation);

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        eventName == DurableTaskOrchestrationContext.CancelEvent
            ? engine().CancelAsync(instanceId, ((Payload)eventPayload!).As<CancelRequest>()!.Reason, cancellation)
            : engine().RaiseEventAsync(instanceId, eventName, eventPayload, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Metadata((await engine().WaitForCompletionAsync(instanceId, getInputsAndOutputs, cancellation))!, getInputsAndOutputs);

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        engine().TerminateAsync(instanceId, (string?)options?.Output, cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        engine().SuspendAsync(instanceId, reason, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        engine().ResumeAsync(instanceId, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        await engine().GetAsync(instanceId, getInputsAndOutputs, cancellation) is { } state ? Metadata(state, getInputsAndOutputs) : null;

    public override Microsoft.DurableTask.AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => Pageable.Create(
        async (token, _, cancellation) =>
        {
            OrchestrationPage page = await engine().QueryAsync(
                new()
                {
                    InstanceIdPrefix = filter!.InstanceIdPrefix,
                    Statuses = filter.Statuses?.Select(InstanceState.StatusOf).ToArray(),
                    CreatedFrom = filter.CreatedFrom,
                    CreatedTo = filter.CreatedTo?.AddTicks(1), // The framework's bound is part of the range.
                    FetchPayloads = filter.FetchInputsAndOutputs,
                    PageSize = filter.PageSize,
                    ContinuationToken = token,
                },
                cancellation);
            return new Page<OrchestrationMetadata>([.. page.Instances.Select(state => Metadata(state, filter.FetchInputsAndOutputs))], page.ContinuationToken);
        });

    public override async Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        new(await engine().PurgeAsync(instanceId, cancellation) ? 1 : 0);

    public override ValueTask DisposeAsync() => default;

    /// <summary>As the framework does, without payloads there is no custom status either.</summary>
    private OrchestrationMetadata Metadata(OrchestrationState state, bool withPayloads) => new(state.Name, state.InstanceId)
    {
        DataConverter = JsonDataConverter.Default,
        RuntimeStatus = InstanceState.RuntimeStatusOf(state.Status),
        CreatedAt = state.CreatedAt,
        LastUpdatedAt = state.LastUpdatedAt,
        SerializedInput = state.Input is { } input ? large.Get(input).ToString() : null,
        SerializedOutput = state.Status == OrchestrationStatus.Terminated ? Payload.From(state.Failure!.ErrorMessage).ToString() : state.Output is { } output ? large.Get(output).ToString() : null,
        SerializedCustomStatus = !withPayloads || state.CustomStatus.IsNull ? null : state.CustomStatus.ToString(),
        FailureDetails = state.Status == OrchestrationStatus.Failed ? EmbeddedTaskOrchestrationContext.Details(state.Failure!) : null,
    };
}
