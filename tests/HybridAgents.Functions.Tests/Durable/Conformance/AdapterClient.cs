using HybridAgents.Durable;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>The adapter's client; the history, by which cases see what happened, is the framework's own.</summary>
internal sealed class AdapterClient(Func<IDurableClient> adapter, Func<string, Task<IReadOnlyList<HistoryEntry>>> history) : IDurableClient
{
    public Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options, CancellationToken cancellationToken) =>
        adapter().ScheduleNewAsync(orchestrator, input, options, cancellationToken);

    public Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) =>
        adapter().GetAsync(instanceId, fetchPayloads, cancellationToken);

    public Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken) => adapter().QueryAsync(query, cancellationToken);

    public Task RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken) =>
        adapter().RaiseEventAsync(instanceId, name, payload, cancellationToken);

    public Task<bool> CancelAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter().CancelAsync(instanceId, reason, cancellationToken);

    public Task<bool> TerminateAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter().TerminateAsync(instanceId, reason, cancellationToken);

    public Task<bool> SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter().SuspendAsync(instanceId, reason, cancellationToken);

    public Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken) => adapter().ResumeAsync(instanceId, cancellationToken);

    public Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) =>
        adapter().WaitForCompletionAsync(instanceId, fetchPayloads, cancellationToken);

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) => adapter().PurgeAsync(instanceId, cancellationToken);

    public Task<string> RestartAsync(string instanceId, string? newInstanceId, CancellationToken cancellationToken) =>
        adapter().RestartAsync(instanceId, newInstanceId, cancellationToken);

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken) => history(instanceId);
}
