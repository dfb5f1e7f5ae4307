using System.Collections.Concurrent;
using System.Text.Json;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Api.Auth;

/// <summary>A stored key, without its secret.</summary>
/// <param name="Id">The id.</param>
/// <param name="Prefix">How the key begins.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Tier">Its rate tier: <c>standard</c> or <c>premium</c>.</param>
/// <param name="Tenant">What it belongs to.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Budget">What it may spend; null for no bound.</param>
public sealed record ApiKeyInfo(string Id, string Prefix, string Name, ApiRole Role, string Tier, string Tenant, DateTimeOffset CreatedAt, Budget? Budget);

/// <summary>The keys, in the table <c>keys</c>: one partition, a row for each id. Safe for concurrent use.</summary>
/// <remarks>A key that was found is remembered for 5 s, so a deletion in another process counts after at most that.</remarks>
public sealed class ApiKeyStore(ITableStore tables, TimeProvider time)
{
    private const string Partition = "key";
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly ITable _table = tables.GetTable("keys");
    private readonly ConcurrentDictionary<string, (byte[] Hash, ApiKeyInfo Info, long ReadAt)> _found = new(StringComparer.Ordinal);

    /// <summary>Stores a new key.</summary>
    public async Task<ApiKeyInfo> AddAsync(string key, string name, ApiRole role, string tier, string tenant, Budget? budget, CancellationToken cancellationToken)
    {
        string id = ApiKey.IdOf(key);
        ApiKeyInfo info = new(id, ApiKey.PrefixOf(id), name, role, tier, tenant, time.GetUtcNow(), budget);
        TableRow row = new TableRow(Partition, id)
            .Set("hash", ApiKey.Hash(key)).Set("name", name).Set("role", role.ToString()).Set("tier", tier).Set("tenant", tenant).Set("created_at", info.CreatedAt)
            .Set("budget", budget is null ? null : JsonSerializer.SerializeToUtf8Bytes(budget));
        (await _table.SubmitAsync([TableOperation.Insert(row)], cancellationToken: cancellationToken)).EnsureSucceeded();
        return info;
    }

    /// <summary>Finds the key that <paramref name="key"/> is the text of; null if there is none.</summary>
    public async ValueTask<ApiKeyInfo?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!ApiKey.IsWellFormed(key))
            return null;
        string id = ApiKey.IdOf(key);
        if (!_found.TryGetValue(id, out (byte[] Hash, ApiKeyInfo Info, long ReadAt) entry) || time.GetElapsedTime(entry.ReadAt) > Remembered)
        {
            _found.TryRemove(id, out _);
            long now = time.GetTimestamp();
            if (await _table.GetAsync(Partition, id, cancellationToken) is not { } row)
                return null;
            entry = (row.Get<byte[]>("hash")!, Read(row), now);
            _found[id] = entry;
        }

        return ApiKey.Matches(key, entry.Hash) ? entry.Info : null;
    }

    /// <summary>The tenant's keys, oldest first.</summary>
    public async Task<IReadOnlyList<ApiKeyInfo>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<ApiKeyInfo> keys = [];
        await foreach (TableRow row in _table.QueryAsync(Partition, cancellationToken: cancellationToken))
        {
            ApiKeyInfo info = Read(row);
            if (info.Tenant == tenant)
                keys.Add(info);
        }

        return [.. keys.OrderBy(static key => key.CreatedAt).ThenBy(static key => key.Id, StringComparer.Ordinal)];
    }

    /// <summary>One of the tenant's keys; null if there is no such key.</summary>
    public async Task<ApiKeyInfo?> GetAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await _table.GetAsync(Partition, id, cancellationToken) is { } row && Read(row) is { } info && info.Tenant == tenant ? info : null;

    /// <summary>Removes a key; false if the tenant has no such key.</summary>
    public async Task<bool> DeleteAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        if (await GetAsync(id, tenant, cancellationToken) is null)
            return false;
        TableWriteResult result = await _table.SubmitAsync([TableOperation.Delete(Partition, id)], cancellationToken: cancellationToken);
        _found.TryRemove(id, out _);
        return result.Succeeded;
    }

    /// <summary>Whether there is any key.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await foreach (TableRow _ in _table.QueryAsync(Partition, new RowRange(Take: 1), cancellationToken))
            return true;
        return false;
    }

    private static ApiKeyInfo Read(TableRow row) => new(
        row.RowKey, ApiKey.PrefixOf(row.RowKey), row.Get<string>("name")!, Enum.Parse<ApiRole>(row.Get<string>("role")!), row.Get<string>("tier")!, row.Get<string>("tenant")!,
        row.Get<DateTimeOffset>("created_at"), row.Get<byte[]>("budget") is { } budget ? JsonSerializer.Deserialize<Budget>(budget) : null);
}
