using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Removes tool calls of the days before yesterday, so that an idempotency key is remembered for at least 24 hours.</summary>
internal sealed class ToolExecutionSweeper(ITableStore tables, IDurableClient client, TimeProvider time, ILogger<ToolExecutionSweeper> logger)
    : Sweeper(TimeSpan.FromHours(1), time, logger)
{
    private const int FirstDay = 2;

    /// <summary>How far back it looks: a host may have been off for long.</summary>
    private const int LastDay = 60;

    private readonly ITable _table = tables.GetTable(ToolExecutionRow.Table);
    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        for (int back = FirstDay; back <= LastDay; back++)
        {
            string day = ToolExecutionRow.DayOf(now.AddDays(-back));
            List<string> calls = [];
            await foreach (TableRow row in _table.QueryAsync(day, cancellationToken: cancellationToken))
                calls.Add(row.RowKey);
            foreach (string call in calls)
                await RemoveAsync(day, call, cancellationToken);
        }
    }

    private async Task RemoveAsync(string day, string call, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(call, cancellationToken: cancellationToken) is { IsTerminal: false })
            await client.TerminateAsync(call, "Its time is over.", cancellationToken);
        await client.PurgeAsync(call, cancellationToken);
        await _table.SubmitAsync([TableOperation.Delete(call, ToolExecutionRow.Key)], WriteDurability.Ordered, cancellationToken);
        await _table.SubmitAsync([TableOperation.Delete(day, call)], cancellationToken: cancellationToken);
    }
}
