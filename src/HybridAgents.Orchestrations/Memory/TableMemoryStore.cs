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

    public async Task<MemoryItem> RememberAsync(string tenant, string text, MemoryCategory category, PrivacyLabel label, CancellationToken cancellationToken)
    {
        string id = "mem_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        if (await _table.GetAsync(tenant, id, cancellationToken) is { } known && Read(known) is var before && before.Label >= label)
            return before;
        MemoryItem item = new(id, text, time.GetUtcNow(), label) { Category = category, Importance = MemoryRanking.ImportanceOf(text) };
        await _table.SubmitAsync([TableOperation.Upsert(Write(tenant, item))], cancellationToken: cancellationToken);
        IReadOnlyList<MemoryItem> all = await ListAsync(tenant, cancellationToken);
        foreach (MemoryItem least in all.Where(other => other.Id != id).OrderBy(static other => other.Importance).ThenBy(static other => other.CreatedAt).Take(all.Count - IMemoryStore.MaxItems))
            await ForgetAsync(tenant, least.Id, cancellationToken);
        return item;
    }

    public async Task<IReadOnlyList<MemoryItem>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<MemoryItem> items = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, cancellationToken: cancellationToken))
            items.Add(Read(row));
        return [.. items.OrderByDescending(static item => item.CreatedAt).ThenBy(static item => item.Id, StringComparer.Ordinal)];
    }

    public async Task TouchAsync(string tenant, IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        // One by one: an item that has been forgotten meanwhile must not fail the others.
        foreach (MemoryItem item in items)
            await _table.SubmitAsync([TableOperation.Merge(new TableRow(tenant, item.Id).Set("used", now), etag: null)], WriteDurability.Ordered, cancellationToken);
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
        new TableRow(tenant, item.Id).Set("text", item.Text).Set("created", item.CreatedAt).Set("used", item.LastAccessedAt).Set("label", (int)item.Label).Set("category", (int)item.Category);

    private static MemoryItem Read(TableRow row)
    {
        string text = row.Get<string>("text")!;
        DateTimeOffset created = row.Get<DateTimeOffset>("created");
        return new(row.RowKey, text, created, (PrivacyLabel)row.Get<int>("label"))
        {
            Category = (MemoryCategory)row.Get<int>("category"),
            Importance = MemoryRanking.ImportanceOf(text),
            LastAccessedAt = row.Properties.ContainsKey("used") ? row.Get<DateTimeOffset>("used") : created,
        };
    }
}
