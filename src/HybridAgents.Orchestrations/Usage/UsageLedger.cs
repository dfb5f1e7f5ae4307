using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Usage;

/// <inheritdoc cref="IUsage"/>
internal sealed class UsageLedger(ITableStore tables) : IUsage
{
    private readonly ITable _table = tables.GetTable(UsageRows.Table);
    private readonly ConcurrentDictionary<string, UsageLane> _lanes = new(StringComparer.Ordinal);

    public Task CountAsync(UsageReceipt receipt) =>
        receipt.Uses.Count == 0 ? Task.CompletedTask : _lanes.GetOrAdd(UsageRows.PartitionOf(receipt.Tenant, receipt.Day), name => new(_table, name)).CountAsync(receipt);

    public async IAsyncEnumerable<UsageEntry> ReadAsync(
        string tenant, DateOnly from, DateOnly to, string? key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (DateOnly month = new(from.Year, from.Month, 1); month <= to; month = month.AddMonths(1))
        {
            await foreach (TableRow row in _table.QueryAsync(UsageRows.PartitionOf(tenant, month), UsageRows.TotalsOf(from, to), cancellationToken))
            {
                UsageEntry entry = UsageRows.Read(row);
                if (key is null || entry.Key == key)
                    yield return entry;
            }
        }
    }
}
