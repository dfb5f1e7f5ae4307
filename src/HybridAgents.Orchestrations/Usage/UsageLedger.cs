using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Usage;

/// <inheritdoc cref="IUsage"/>
internal sealed partial class UsageLedger(ITableStore tables, ILogger<UsageLedger> logger) : IUsage
{
    private readonly ITable _table = tables.GetTable(UsageRows.Table);
    private readonly ConcurrentDictionary<string, UsageLane> _lanes = new(StringComparer.Ordinal);

    public Task CountAsync(UsageReceipt receipt) =>
        receipt.Uses.Count == 0 ? Task.CompletedTask : _lanes.GetOrAdd(UsageRows.PartitionOf(receipt.Tenant, receipt.Day), name => new(_table, name)).CountAsync(receipt);

    public void Note(UsageReceipt receipt) => _ = TryCountAsync(receipt);

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

    private async Task TryCountAsync(UsageReceipt receipt)
    {
        try
        {
            await CountAsync(receipt);
        }
        catch (Exception error) when (error is EngineBusyException or InvalidOperationException or IOException)
        {
            LogLost(error.Message);
        }
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "The usage of a call is not counted: {Reason}")]
    private partial void LogLost(string reason);
}
