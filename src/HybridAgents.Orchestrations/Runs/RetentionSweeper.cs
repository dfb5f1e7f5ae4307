using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Purges runs that ended and were created more than <see cref="RunOptions.RetentionDays"/> days ago.</summary>
internal sealed partial class RetentionSweeper(
    ITableStore tables, RunIndex index, RunPurger purger, IOptions<RunOptions> options, TimeProvider time, ILogger<RetentionSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How far beyond the retention it looks, in days: a host may have been off for long.</summary>
    private const int LookBackDays = 400;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>One pass.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset limit = time.GetUtcNow().AddDays(-options.Value.RetentionDays);
        DateOnly newest = DateOnly.FromDateTime(limit.UtcDateTime);
        foreach (string tenant in await index.TenantsAsync(cancellationToken))
        {
            for (int back = 0; back <= LookBackDays; back++)
            {
                await foreach ((IndexEntry entry, _, _) in index.ReadDayAsync(tenant, newest.AddDays(-back), IndexEntry.Inverted(limit), null, cancellationToken))
                    await PurgeAsync(entry, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is EngineBusyException or InvalidOperationException or IOException)
            {
                LogFailed(exception); // The next pass looks at the same runs.
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

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "Old runs could not be purged")]
    private partial void LogFailed(Exception exception);
}
