using DurableTask.Core.History;
using HybridAgents.Functions.Durable;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Durable.Tests.Engine;

/// <summary>The adapter's client; the history, which the adapter leaves to the framework's tools, is the framework's.</summary>
internal sealed class RealHostClient(DurableTaskDurableClient adapter, DurableTaskClient framework) : IDurableClient
{
    public Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options, CancellationToken cancellationToken) =>
        adapter.ScheduleNewAsync(orchestrator, input, options, cancellationToken);

    public Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) => adapter.GetAsync(instanceId, fetchPayloads, cancellationToken);

    public Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken) => adapter.QueryAsync(query, cancellationToken);

    public Task RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken) => adapter.RaiseEventAsync(instanceId, name, payload, cancellationToken);

    public Task<bool> CancelAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter.CancelAsync(instanceId, reason, cancellationToken);

    public Task<bool> TerminateAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter.TerminateAsync(instanceId, reason, cancellationToken);

    public Task<bool> SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken) => adapter.SuspendAsync(instanceId, reason, cancellationToken);

    public Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken) => adapter.ResumeAsync(instanceId, cancellationToken);

    public Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) =>
        adapter.WaitForCompletionAsync(instanceId, fetchPayloads, cancellationToken);

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) => adapter.PurgeAsync(instanceId, cancellationToken);

    public Task<string> RestartAsync(string instanceId, string? newInstanceId, CancellationToken cancellationToken) => adapter.RestartAsync(instanceId, newInstanceId, cancellationToken);

    public async Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        IList<HistoryEvent> history = await framework.GetOrchestrationHistoryAsync(instanceId, cancellationToken);
        return [.. history.OfType<TaskScheduledEvent>().Select(static (scheduled, index) => new HistoryEntry(index + 1, scheduled.Timestamp, "activity_scheduled", scheduled.Name, null, null))];
    }
}
