using System.Collections.Concurrent;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Usage;

/// <summary>Counts for one partition. Whoever has the lane counts for all who wait, in one batch: receipts and totals change together or not at all.</summary>
/// <remarks>The totals last written are remembered with their versions, so that they need not be read; another host that was faster is noticed by the version.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The gate's wait handle is never taken, so there is nothing to dispose of.")]
internal sealed class UsageLane(ITable table, string partition)
{
    private const int MaxBatch = 100;
    private const int MaxRemembered = 1000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentQueue<Waiting> _queue = new();
    private readonly Dictionary<string, Total> _totals = new(StringComparer.Ordinal);
    private bool _named;

    public async Task CountAsync(UsageReceipt receipt)
    {
        Waiting mine = new(receipt);
        _queue.Enqueue(mine);
        await _gate.WaitAsync();
        try
        {
            if (mine.Counted)
                return;
            await NameAsync();
            // Those before this one may have been left by a holder whose write failed.
            while (!mine.Counted)
                await WriteAsync(Take(), mine);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>As many as fit a batch.</summary>
    private List<Waiting> Take()
    {
        List<Waiting> taken = [];
        int operations = 0;
        while (_queue.TryPeek(out Waiting? next) && (taken.Count == 0 || operations + next.Operations <= MaxBatch) && _queue.TryDequeue(out _))
        {
            taken.Add(next);
            operations += next.Operations;
        }

        return taken;
    }

    private async Task WriteAsync(List<Waiting> waiting, Waiting mine)
    {
        List<Waiting> open = [.. waiting];
        try
        {
            while (open.Count > 0 && !await TryWriteAsync(open))
            {
            }
        }
        catch
        {
            // The owners of the others wait for the lane, and try again.
            foreach (Waiting other in open.Where(other => other != mine))
                _queue.Enqueue(other);
            throw;
        }

        foreach (Waiting one in waiting)
            one.Counted = true;
    }

    /// <summary>Writes all, or finds out why not: another host was faster with a total, or a receipt was counted before and is left out.</summary>
    private async Task<bool> TryWriteAsync(List<Waiting> open)
    {
        List<TableOperation> operations = [];
        List<(Waiting? Receipt, string? Total)> sources = [];
        Dictionary<string, UsageEntry> changed = new(StringComparer.Ordinal);
        foreach (Waiting one in open)
        {
            UsageReceipt receipt = one.Receipt;
            if (receipt.Id is { } id)
            {
                operations.Add(TableOperation.Insert(new TableRow(partition, UsageRows.CountedKey(receipt.Day, id))));
                sources.Add((one, null));
            }

            foreach (ModelUse use in receipt.Uses)
            {
                string key = UsageRows.TotalKey(receipt.Day, receipt.Key, receipt.Agent, use.Model);
                UsageEntry before = changed.TryGetValue(key, out UsageEntry? known) ? known
                    : (await TotalAsync(key)).Entry ?? new(receipt.Day, receipt.Key, receipt.Agent, use.Model, default);
                changed[key] = before with { Totals = before.Totals + use.Totals };
            }
        }

        foreach ((string key, UsageEntry entry) in changed)
        {
            TableRow row = UsageRows.Write(partition, key, entry);
            operations.Add(_totals[key].ETag is { } etag ? TableOperation.Replace(row, etag) : TableOperation.Insert(row));
            sources.Add((null, key));
        }

        TableWriteResult result = await table.SubmitAsync(operations, WriteDurability.Ordered);
        if (result.Succeeded)
        {
            Remember(changed, result.ETags, operations.Count - changed.Count);
            return true;
        }

        (Waiting? counted, string? stale) = sources[result.FailedIndex];
        if (stale is not null)
            _totals.Remove(stale);
        else
            open.Remove(counted!);
        return false;
    }

    private async ValueTask<Total> TotalAsync(string key)
    {
        if (!_totals.TryGetValue(key, out Total? total))
            _totals[key] = total = await table.GetAsync(partition, key) is { } row ? new(UsageRows.Read(row), row.ETag) : new(null, null);
        return total;
    }

    private void Remember(Dictionary<string, UsageEntry> changed, IReadOnlyList<string?> etags, int first)
    {
        if (_totals.Count > MaxRemembered)
            _totals.Clear();
        foreach ((string key, UsageEntry entry) in changed)
            _totals[key] = new(entry, etags[first++]);
    }

    /// <summary>Lets the sweeper find the partition.</summary>
    private async ValueTask NameAsync()
    {
        if (_named)
            return;
        await table.SubmitAsync([TableOperation.Upsert(new(UsageRows.Partitions, partition))], WriteDurability.Ordered);
        _named = true;
    }

    /// <summary>A total as it was last seen; both null if there was none.</summary>
    private sealed record Total(UsageEntry? Entry, string? ETag);

    private sealed class Waiting(UsageReceipt receipt)
    {
        public UsageReceipt Receipt { get; } = receipt;

        public int Operations { get; } = receipt.Uses.Count + (receipt.Id is null ? 0 : 1);

        public bool Counted { get; set; }
    }
}
