using HybridAgents.Core.Runs;

namespace HybridAgents.Orchestrations.Runs;

/// <inheritdoc cref="IAgentRuns"/>
internal sealed class AgentRunService(RunStarter starter, RunReader reader, RunSources sources, RunControl control, RunProjection projection, RunPurger purger) : IAgentRuns
{
    public Task<RunStart> StartAsync(RunRequest request, RunCaller caller, IdempotencyToken? idempotency, CancellationToken cancellationToken) =>
        starter.StartAsync(request, caller, idempotency, cancellationToken);

    public Task<RunSource> GetSourceAsync(string runId, RunCaller caller, int? throughTurn, CancellationToken cancellationToken) =>
        sources.GetAsync(runId, caller, throughTurn, cancellationToken);

    public Task<RunView?> GetAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => reader.GetAsync(runId, caller, cancellationToken);

    public Task<RunView?> WaitAsync(string runId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken) =>
        reader.WaitAsync(runId, caller, wait, cancellationToken);

    public Task<RunPage> ListAsync(RunQuery query, RunCaller caller, CancellationToken cancellationToken) => reader.ListAsync(query, caller, cancellationToken);

    public Task<CancelResult?> CancelAsync(string runId, RunCaller caller, string? reason, bool force, CancellationToken cancellationToken) =>
        control.CancelAsync(runId, caller, reason, force, cancellationToken);

    public IAsyncEnumerable<RunEvent> WatchAsync(string runId, RunCaller caller, long startingAfter, CancellationToken cancellationToken) =>
        reader.WatchAsync(runId, caller, startingAfter, cancellationToken);

    public Task<IReadOnlyList<StoredMessage>?> GetMessagesAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        reader.GetMessagesAsync(runId, caller, cancellationToken);

    public Task<IReadOnlyList<StepView>?> GetHistoryAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        reader.GetHistoryAsync(runId, caller, cancellationToken);

    public async Task<PurgeResult> PurgeAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        await projection.FindAsync(runId, caller, cancellationToken) is { } run ? await purger.PurgeAsync(run, cancellationToken) : PurgeResult.NotFound;

    public Task<AnswerResult> AnswerAsync(string runId, RunCaller caller, RunAnswer answer, CancellationToken cancellationToken) =>
        control.AnswerAsync(runId, caller, answer, cancellationToken);

    public Task<bool?> SuspendAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => control.SuspendAsync(runId, caller, cancellationToken);

    public Task<bool?> ResumeAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => control.ResumeAsync(runId, caller, cancellationToken);
}
