using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Webhooks;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Removes runs with all their data. The run row goes before the index entry: what a crash leaves behind is found again through the index.</summary>
internal sealed class RunPurger(ITableStore tables, IDurableClient client, RunIndex index, IdempotencyTable idempotency, RunRequests requests, SubRunStore subRuns, ConversationTurns turns,
    ConversationRows conversations)
{
    private const int BatchSize = 100;

    /// <summary>How long the engine may take to notice that a run has ended; an instance that still retries its webhook is not waited for longer.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Removes an ended run with its sub-runs. A sub-run alone is not removed while its root is there: its parent may still read it.</summary>
    public async Task<PurgeResult> PurgeAsync(RunRow run, CancellationToken cancellationToken)
    {
        if (run.RootId is not null)
            return PurgeResult.PartOfAnother;
        if (!run.BaseStatus.IsTerminal())
            return PurgeResult.NotTerminal;
        await RemoveInstanceAsync(run.Id, cancellationToken);
        if (run.ConversationId is not null)
            await turns.KeepAsync(run.Id);
        if (run.HasWebhook)
            await RemoveInstanceAsync(WebhookDelivery.InstanceOf(run.Id), cancellationToken);
        await RemoveAsync(run, cancellationToken);
        if (run.ConversationId is { } conversation)
            await conversations.ForgetRunAsync(conversation, run.Id, cancellationToken);
        return PurgeResult.Purged;
    }

    /// <summary>Removes a run's rows, whatever its state.</summary>
    public async Task RemoveAsync(RunRow run, CancellationToken cancellationToken)
    {
        foreach (SubRunRow below in await subRuns.BelowAsync(run))
            await RemovePartitionAsync(below.RunId, cancellationToken);
        await RemovePartitionAsync(run.Id, cancellationToken);
        if (run is { IdempotencyPartition: { } partition, IdempotencyRow: { } row })
            await idempotency.RemoveAsync(partition, row, run.Id, cancellationToken);
        if (run is { IndexPartition: { } indexPartition, IndexRow: { } indexRow })
            await index.RemoveAsync(indexPartition, indexRow, cancellationToken);
    }

    /// <summary>Removes what is left of a run that has no run row.</summary>
    public async Task RemoveRemainsAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        await RemovePartitionAsync(entry.RunId, cancellationToken);
        await index.RemoveAsync(entry.Partition, entry.Row, cancellationToken);
    }

    private async Task RemovePartitionAsync(string runId, CancellationToken cancellationToken)
    {
        requests.Forget(runId);
        List<string> keys = [];
        await foreach (TableRow row in _table.QueryAsync(runId, default, cancellationToken))
            keys.Add(row.RowKey);
        // The run row last: as long as it is there, the purge can be repeated.
        IEnumerable<string> ordered = keys.Where(key => key != RunKeys.Run).Concat(keys.Where(key => key == RunKeys.Run));
        foreach (string[] batch in ordered.Chunk(BatchSize))
            await _table.SubmitAsync([.. batch.Select(key => TableOperation.Delete(runId, key))], WriteDurability.Durable, cancellationToken);
    }

    private async Task RemoveInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(EndGrace);
        try
        {
            await client.WaitForCompletionAsync(instanceId, cancellationToken: limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await client.TerminateAsync(instanceId, "The run has ended and is being purged.", cancellationToken);
        }

        await client.PurgeAsync(instanceId, cancellationToken);
    }
}
