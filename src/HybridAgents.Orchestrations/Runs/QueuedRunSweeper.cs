using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Schedules again what stayed queued for over 30 s: a process may have died between the run's row and its schedule.</summary>
/// <remarks>Each pass looks once at the runs that have come of age since the last one; the first looks back a day.</remarks>
internal sealed partial class QueuedRunSweeper(ITableStore tables, RunIndex index, RunStarter starter, TimeProvider time, ILogger<QueuedRunSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);
    private DateTimeOffset? _sweptUntil;

    /// <summary>One pass.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() - Age;
        DateTimeOffset from = _sweptUntil ?? until - LookBack;
        foreach (string tenant in await index.TenantsAsync(cancellationToken))
        {
            for (DateOnly day = DateOnly.FromDateTime(from.UtcDateTime); day <= DateOnly.FromDateTime(until.UtcDateTime); day = day.AddDays(1))
            {
                await foreach ((IndexEntry entry, _, _) in index.ReadDayAsync(tenant, day, IndexEntry.Inverted(until), IndexEntry.Inverted(from), cancellationToken))
                    await ScheduleIfQueuedAsync(entry.RunId, cancellationToken);
            }
        }

        _sweptUntil = until;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is EngineBusyException or InvalidOperationException or IOException)
            {
                LogFailed(exception); // The next pass begins where this one did.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ScheduleIfQueuedAsync(string runId, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(runId, RunKeys.Run, cancellationToken) is { } row && new RunRow(row) is { BaseStatus: RunStatus.Queued } run)
            await starter.ScheduleAsync(run, cancellationToken);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "Queued runs could not be swept")]
    private partial void LogFailed(Exception exception);
}
