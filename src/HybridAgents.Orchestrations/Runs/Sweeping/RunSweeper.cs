using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Runs.Sweeping;

/// <summary>
/// Finds runs that nobody drives: one that is still queued is scheduled again (a process may have died between the run's row and its schedule), one whose orchestrator
/// has ended or is gone is ended.
/// </summary>
/// <remarks>Each run is looked at when it comes of the ages below, so a pass costs what was started, not what is kept. The first pass looks at the last day.</remarks>
internal sealed class RunSweeper(ITableStore tables, RunIndex index, RunStarter starter, RunCloser closer, TimeProvider time, ILogger<RunSweeper> logger)
    : Sweeper(TimeSpan.FromSeconds(30), time, logger)
{
    private static readonly TimeSpan[] Ages =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(8)];

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);
    private readonly TimeProvider _time = time;
    private DateTimeOffset? _last;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        (DateTimeOffset, DateTimeOffset)[] windows = _last is { } last ? [.. Ages.Select(age => (last - age, now - age))] : [(now - LookBack, now - Ages[0])];
        foreach (string tenant in await index.TenantsAsync(cancellationToken))
        {
            foreach ((DateTimeOffset from, DateTimeOffset until) in windows)
                await SweepAsync(tenant, from, until, cancellationToken);
        }

        _last = now;
    }

    private async Task SweepAsync(string tenant, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (DateOnly day = DateOnly.FromDateTime(from.UtcDateTime); day <= DateOnly.FromDateTime(until.UtcDateTime); day = day.AddDays(1))
        {
            await foreach ((IndexEntry entry, _) in index.ReadDayAsync(tenant, day, IndexEntry.Inverted(until), IndexEntry.Inverted(from), cancellationToken))
                await LookAtAsync(entry.RunId, cancellationToken);
        }
    }

    private async Task LookAtAsync(string runId, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(runId, RunKeys.Run, cancellationToken) is { } row && new RunRow(row) is var run
            && !await closer.CloseIfAbandonedAsync(run, cancellationToken) && run.BaseStatus == RunStatus.Queued)
            await starter.ScheduleAsync(run, cancellationToken);
    }
}
