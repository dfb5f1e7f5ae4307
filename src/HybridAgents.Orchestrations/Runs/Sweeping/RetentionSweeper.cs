using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Runs.Sweeping;

/// <summary>Purges runs that ended and were created more than <see cref="RunOptions.RetentionDays"/> days ago.</summary>
internal sealed class RetentionSweeper(
    ITableStore tables, RunIndex index, RunPurger purger, IOptions<RunOptions> options, TimeProvider time, ILogger<RetentionSweeper> logger)
    : Sweeper(TimeSpan.FromHours(1), time, logger)
{
    /// <summary>How far beyond the retention it looks, in days: a host may have been off for long.</summary>
    private const int LookBackDays = 400;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);
    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset limit = _time.GetUtcNow().AddDays(-options.Value.RetentionDays);
        DateOnly newest = DateOnly.FromDateTime(limit.UtcDateTime);
        foreach (string tenant in await index.TenantsAsync(cancellationToken))
        {
            for (int back = 0; back <= LookBackDays; back++)
            {
                await foreach ((IndexEntry entry, _) in index.ReadDayAsync(tenant, newest.AddDays(-back), IndexEntry.Inverted(limit), null, cancellationToken))
                    await PurgeAsync(entry, cancellationToken);
            }
        }
    }

    private async Task PurgeAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(entry.RunId, RunKeys.Run, cancellationToken) is { } row)
            await purger.PurgeAsync(new(row), cancellationToken);
        else
            await purger.RemoveRemainsAsync(entry, cancellationToken);
    }
}
