namespace HybridAgents.Durable.Tests.Conformance;

/// <summary>A client that, like one over HTTP, asks again when the engine died before it answered.</summary>
/// <remarks>The power is cut just before a write, when everything before it has been acknowledged: what got no answer has left no trace, so asking again changes nothing twice.</remarks>
internal sealed class PersistentClient(Func<Task<EngineProcess>> current) : IDurableClient
{
    public Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.ScheduleNewAsync(orchestrator, input, options, cancellationToken));

    public Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.GetAsync(instanceId, fetchPayloads, cancellationToken));

    public Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.QueryAsync(query, cancellationToken));

    public Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellationToken = default) => AskAsync(async client =>
    {
        await client.RaiseEventAsync(instanceId, name, payload, cancellationToken);
        return true;
    });

    public Task<bool> CancelAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.CancelAsync(instanceId, reason, cancellationToken));

    public Task<bool> TerminateAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.TerminateAsync(instanceId, reason, cancellationToken));

    public Task<bool> SuspendAsync(string instanceId, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.SuspendAsync(instanceId, reason, cancellationToken));

    public Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken = default) => AskAsync(client => client.ResumeAsync(instanceId, cancellationToken));

    /// <summary>The one question that a dead engine leaves open.</summary>
    public async Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads = false, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            EngineProcess process = await current();
            Task<OrchestrationState?> end = process.Client.WaitForCompletionAsync(instanceId, fetchPayloads, cancellationToken);
            await Task.WhenAny(end, process.Died.Task);
            if (!process.IsDead || end.IsCompletedSuccessfully || cancellationToken.IsCancellationRequested)
                return await end;
            await process.Died.Task;
        }
    }

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken = default) => AskAsync(client => client.PurgeAsync(instanceId, cancellationToken));

    public Task<string> RestartAsync(string instanceId, string? newInstanceId = null, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.RestartAsync(instanceId, newInstanceId, cancellationToken));

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken = default) =>
        AskAsync(client => client.GetHistoryAsync(instanceId, cancellationToken));

    private async Task<T> AskAsync<T>(Func<IDurableClient, Task<T>> ask)
    {
        while (true)
        {
            EngineProcess process = await current();
            try
            {
                return await ask(process.Client);
            }
            catch (Exception) when (process.IsDead)
            {
                // The same question goes to the next process.
            }

            await process.Died.Task;
        }
    }
}
