using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Usage;

/// <summary>Removes what is remembered of receipts once no step can present one again. Totals stay.</summary>
internal sealed class UsageSweeper(ITableStore tables, TimeProvider time, ILogger<UsageSweeper> logger) : Sweeper(TimeSpan.FromHours(1), time, logger)
{
    /// <summary>An execution that ended without its completion is repeated at the next start, and a rest lasts at most seven days.</summary>
    public const int RememberedDays = 8;

    private const int MaxBatch = 100;

    private readonly ITable _table = tables.GetTable(UsageRows.Table);
    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        RowRange old = UsageRows.CountedBefore(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(-RememberedDays));
        await foreach (TableRow partition in _table.QueryAsync(UsageRows.Partitions, cancellationToken: cancellationToken))
        {
            await foreach (TableRow[] rows in _table.QueryAsync(partition.RowKey, old, cancellationToken).Chunk(MaxBatch).WithCancellation(cancellationToken))
                await _table.SubmitAsync([.. rows.Select(static row => TableOperation.Delete(row.PartitionKey, row.RowKey))], WriteDurability.Ordered, cancellationToken);
        }
    }
}
