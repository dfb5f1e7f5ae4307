using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>Settles reservations that have expired, because whoever made them has died: by what the step has recorded, else as if all had been spent.</summary>
internal sealed class BudgetSweeper(ITableStore tables, IBudgets budgets, TimeProvider time, ILogger<BudgetSweeper> logger)
    : Sweeper(TimeSpan.FromSeconds(60), time, logger)
{
    private readonly ITable _budgets = tables.GetTable(BudgetRows.Table);
    private readonly ITable _runs = tables.GetTable(RunKeys.Runs);
    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        await foreach (TableRow account in _budgets.QueryAsync(BudgetRows.Accounts, cancellationToken: cancellationToken))
        {
            await foreach (TableRow row in _budgets.QueryAsync(account.RowKey, RowRange.Prefix(BudgetRows.HoldPrefix), cancellationToken))
            {
                HoldRow hold = HoldRow.Read(row);
                if (hold.Expires > _time.GetUtcNow())
                    continue;
                string id = row.RowKey[BudgetRows.HoldPrefix.Length..];
                await budgets.SettleAsync(account.RowKey, id, await RecordedAsync(id, cancellationToken) ?? hold.Amount, cancellationToken);
            }
        }
    }

    /// <summary>What the step has written with its receipt; null if it has none, or the id is not a step's.</summary>
    private async Task<Spend?> RecordedAsync(string id, CancellationToken cancellationToken)
    {
        int bar = id.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && await _runs.GetAsync(id[..bar], id[(bar + 1)..], cancellationToken) is { } row && new StepRow(row) is { State: StepRow.Done } step ? step.Used.Sum().Spend : null;
    }
}
