using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>This execution no longer owns its step, or the run has ended: it stops and leaves no trace.</summary>
internal sealed class FencedException() : Exception("The step belongs to another execution, or the run has ended.");

/// <summary>What one write of a step consists of: its row's changes, events, and other rows of the run.</summary>
internal sealed record StepWrite(TableRow Patch, IReadOnlyList<EventDraft> Events, IReadOnlyList<TableOperation> Others)
{
    public StepWrite(TableRow patch, params EventDraft[] events) : this(patch, events, [])
    {
    }
}

/// <summary>One execution of a step: every write carries the ETag of the one before, so that only the newest execution can write.</summary>
internal sealed class StepExecution(RunLog log, string runId, string rowKey, StepRow? existing) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _etag = existing?.ETag;

    /// <summary>Gets the epoch that this execution opens the step with.</summary>
    public int Epoch { get; } = (existing?.Epoch ?? 0) + 1;

    /// <summary>An empty change of the step's row.</summary>
    public TableRow Patch() => new(runId, rowKey);

    /// <summary>Writes; the step's row is the first operation of the batch.</summary>
    /// <param name="build">Makes the write from the head of the log; may run more than once.</param>
    /// <param name="durability"><see cref="WriteDurability.Ordered"/> where a durable write follows before anyone acts on it.</param>
    /// <exception cref="FencedException">Another execution has the step, or the run has ended.</exception>
    public async Task<RunHead> WriteAsync(Func<RunHead, StepWrite> build, WriteDurability durability = WriteDurability.Ordered)
    {
        await _gate.WaitAsync();
        try
        {
            // No cancellation: a write is short, and giving one up half-way would leave it unknown.
            AppendResult result = await log.AppendAsync(runId, head => Batch(build(head)), durability);
            if (result.Outcome != AppendOutcome.Written)
                throw new FencedException();
            _etag = result.ETags[0];
            return result.Head;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Writes what does not depend on the head.</summary>
    public Task<RunHead> WriteAsync(StepWrite write, WriteDurability durability = WriteDurability.Ordered) => WriteAsync(_ => write, durability);

    /// <summary>Whether the run has ended: nothing more is written of it.</summary>
    public async Task<bool> RunHasEndedAsync() => (await log.GetHeadAsync(runId, CancellationToken.None)).Closed;

    public void Dispose() => _gate.Dispose();

    private LogBatch Batch(StepWrite write) =>
        new(write.Events, [_etag is null ? TableOperation.Insert(write.Patch) : TableOperation.Merge(write.Patch, _etag), .. write.Others]);
}
