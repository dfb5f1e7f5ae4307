using System.Collections.Concurrent;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Budgets;

/// <inheritdoc cref="IBudgets"/>
/// <remarks>Each change writes the window's row and the reservation in one batch, both under their ETags; whoever loses reads again. Within a process, changes of one account queue up.</remarks>
internal sealed class BudgetLedger(ITableStore tables, TimeProvider time) : IBudgets
{
    /// <summary>Four fifths: late enough to matter, early enough to act.</summary>
    private const decimal WarnAt = 0.8m;

    private const int Lanes = 64;

    private readonly ITable _table = tables.GetTable(BudgetRows.Table);
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly ConcurrentDictionary<string, bool> _named = new(StringComparer.Ordinal);

    public async Task<BudgetAnswer> ReserveAsync(BudgetAccount account, string id, Spend amount, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await NameAsync(account.Id, cancellationToken);
        BudgetAnswer? answer = null;
        await InTurnAsync(account.Id, async () => (answer = await TryReserveAsync(account, id, amount, expires, cancellationToken)) is not null, cancellationToken);
        return answer!;
    }

    public Task SettleAsync(string accountId, string id, Spend used, CancellationToken cancellationToken) =>
        InTurnAsync(accountId, () => TrySettleAsync(accountId, id, used, cancellationToken), cancellationToken);

    public async Task<BudgetState> GetAsync(BudgetAccount account, CancellationToken cancellationToken)
    {
        WindowRow window = await ReadWindowAsync(account.Id, BudgetRows.WindowOf(account.Budget.Window, time.GetUtcNow()), cancellationToken);
        return new(window.Spent, window.Reserved);
    }

    /// <summary>Null when somebody else was faster.</summary>
    private async Task<BudgetAnswer?> TryReserveAsync(BudgetAccount account, string id, Spend amount, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        HoldRow? earlier = await ReadHoldAsync(account.Id, id, cancellationToken);
        string name = earlier?.Window ?? BudgetRows.WindowOf(account.Budget.Window, time.GetUtcNow());
        WindowRow window = await ReadWindowAsync(account.Id, name, cancellationToken);
        Spend reserved = window.Reserved - (earlier?.Amount ?? default) + amount;
        Spend used = window.Spent + reserved;
        if (Exceeded(account.Budget, used) is { } bound)
            return new(Granted: false, bound);

        BudgetBound? warning = window.Warned ? null : WarningOf(account.Budget, used);
        bool written = await WriteAsync(
            (window with { Reserved = reserved, Warned = window.Warned || warning is not null }).Write(account.Id, name),
            new HoldRow(name, amount, expires, earlier?.ETag).Write(account.Id, id),
            cancellationToken);
        return written ? new(Granted: true, warning) : null;
    }

    /// <summary>False when somebody else was faster.</summary>
    private async Task<bool> TrySettleAsync(string accountId, string id, Spend used, CancellationToken cancellationToken)
    {
        if (await ReadHoldAsync(accountId, id, cancellationToken) is not { } hold)
            return true;
        WindowRow window = await ReadWindowAsync(accountId, hold.Window, cancellationToken);
        return await WriteAsync(
            (window with { Spent = window.Spent + used, Reserved = window.Reserved - hold.Amount }).Write(accountId, hold.Window),
            TableOperation.Delete(accountId, BudgetRows.HoldKey(id), hold.ETag),
            cancellationToken);
    }

    private static BudgetBound? WarningOf(Budget budget, Spend used) =>
        budget.MaxCostUsd is { } usd && used.CostUsd >= usd * WarnAt ? new(BudgetLimits.Cost, used.CostUsd, usd)
        : budget.MaxTotalTokens is { } tokens && used.Tokens >= tokens * WarnAt ? new(BudgetLimits.Tokens, used.Tokens, tokens)
        : null;

    private static BudgetBound? Exceeded(Budget budget, Spend used) =>
        budget.MaxCostUsd is { } usd && used.CostUsd > usd ? new(BudgetLimits.Cost, used.CostUsd, usd)
        : budget.MaxTotalTokens is { } tokens && used.Tokens > tokens ? new(BudgetLimits.Tokens, used.Tokens, tokens)
        : null;

    /// <summary>Lets the sweeper find the account.</summary>
    private async ValueTask NameAsync(string account, CancellationToken cancellationToken)
    {
        if (_named.ContainsKey(account))
            return;
        await _table.SubmitAsync([TableOperation.Upsert(new(BudgetRows.Accounts, account))], WriteDurability.Ordered, cancellationToken);
        _named[account] = true;
    }

    /// <summary>Repeats a change until nobody was faster.</summary>
    private async Task InTurnAsync(string account, Func<Task<bool>> change, CancellationToken cancellationToken)
    {
        SemaphoreSlim lane = _lanes[(uint)account.GetHashCode(StringComparison.Ordinal) % Lanes];
        await lane.WaitAsync(cancellationToken);
        try
        {
            while (!await change())
                cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task<HoldRow?> ReadHoldAsync(string account, string id, CancellationToken cancellationToken) =>
        await _table.GetAsync(account, BudgetRows.HoldKey(id), cancellationToken) is { } row ? HoldRow.Read(row) : null;

    private async Task<WindowRow> ReadWindowAsync(string account, string window, CancellationToken cancellationToken) =>
        WindowRow.Read(await _table.GetAsync(account, BudgetRows.WindowKey(window), cancellationToken));

    /// <summary>Ordered is enough: what is reserved is lost only together with the process whose call it was for.</summary>
    private async Task<bool> WriteAsync(TableOperation window, TableOperation hold, CancellationToken cancellationToken) =>
        (await _table.SubmitAsync([window, hold], WriteDurability.Ordered, cancellationToken)).Succeeded;
}
