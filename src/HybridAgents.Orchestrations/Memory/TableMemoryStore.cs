using System.Security.Cryptography;
using System.Text;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Memory;

/// <summary>Memory in the table <c>memory</c>: a partition for each tenant, a row for each item, keyed by its text's hash.</summary>
internal sealed class TableMemoryStore(ITableStore tables, TimeProvider time) : IMemoryStore
{
    private readonly ITable _table = tables.GetTable("memory");

    public async Task<MemoryItem> RememberAsync(string tenant, string text, PrivacyLabel label, CancellationToken cancellationToken)
    {
        string id = "mem_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        if (await _table.GetAsync(tenant, id, cancellationToken) is { } known && Read(known) is var before && before.Label >= label)
            return before;
        MemoryItem item = new(id, text, time.GetUtcNow(), label);
        await _table.SubmitAsync([TableOperation.Upsert(Write(tenant, item))], cancellationToken: cancellationToken);
        foreach (MemoryItem old in (await ListAsync(tenant, cancellationToken)).Skip(IMemoryStore.MaxItems))
            await ForgetAsync(tenant, old.Id, cancellationToken);
        return item;
    }

    public async Task<IReadOnlyList<MemoryItem>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<MemoryItem> items = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, cancellationToken: cancellationToken))
            items.Add(Read(row));
        return [.. items.OrderByDescending(static item => item.CreatedAt).ThenBy(static item => item.Id, StringComparer.Ordinal)];
    }

    public async Task<bool> ForgetAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (await _table.SubmitAsync([TableOperation.Delete(tenant, id)], cancellationToken: cancellationToken)).Succeeded;

    public async Task<int> ForgetAllAsync(string tenant, CancellationToken cancellationToken)
    {
        int forgotten = 0;
        foreach (MemoryItem item in await ListAsync(tenant, cancellationToken))
            forgotten += await ForgetAsync(tenant, item.Id, cancellationToken) ? 1 : 0;
        return forgotten;
    }

    private static TableRow Write(string tenant, MemoryItem item) =>
        new TableRow(tenant, item.Id).Set("text", item.Text).Set("created", item.CreatedAt).Set("label", (int)item.Label);

    private static MemoryItem Read(TableRow row) =>
        new(row.RowKey, row.Get<string>("text")!, row.Get<DateTimeOffset>("created"), (PrivacyLabel)row.Get<int>("label"));
}
