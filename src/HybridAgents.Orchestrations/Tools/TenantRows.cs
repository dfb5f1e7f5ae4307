using System.Collections.Concurrent;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>A short list of named things that each tenant has in a table, a partition for each tenant, remembered for 5 s. Safe for concurrent use.</summary>
/// <param name="table">The table.</param>
/// <param name="make">Makes a thing of its row.</param>
/// <param name="most">The most things of a tenant.</param>
/// <param name="time">The clock.</param>
/// <remarks>As long as nothing changes, a tenant's list is the same object, so that what is made from it can be kept.</remarks>
internal sealed class TenantRows<T>(ITable table, Func<TableRow, T> make, int most, TimeProvider time)
{
    private const string Spec = "spec";

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async ValueTask<IReadOnlyList<T>> GetAsync(string tenant, CancellationToken cancellationToken)
    {
        Known? known = _known.GetValueOrDefault(tenant);
        if (known is not null && time.GetElapsedTime(known.ReadAt) < Remembered)
            return known.Things;
        long now = time.GetTimestamp();
        List<TableRow> rows = [];
        await foreach (TableRow row in table.QueryAsync(tenant, cancellationToken: cancellationToken))
            rows.Add(row);
        string version = string.Join(' ', rows.Select(static row => row.RowKey + row.ETag));
        Known read = known is not null && known.Version == version ? known with { ReadAt = now } : new(version, [.. rows.Select(make)], now);
        _known[tenant] = read;
        return read.Things;
    }

    /// <summary>Adds a thing; false if the tenant has one of that name, or as many as it may.</summary>
    public async Task<bool> AddAsync<TSpec>(string tenant, string name, TSpec spec, CancellationToken cancellationToken)
    {
        _known.TryRemove(tenant, out _);
        if ((await GetAsync(tenant, cancellationToken)).Count >= most)
            return false;
        TableRow row = new TableRow(tenant, name).Set(Spec, Payload.From(spec).Utf8Json.ToArray());
        return await ChangeAsync(tenant, TableOperation.Insert(row), cancellationToken);
    }

    /// <summary>Removes a thing; false if there is none.</summary>
    public Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken) => ChangeAsync(tenant, TableOperation.Delete(tenant, name), cancellationToken);

    /// <summary>What was added as the row's thing.</summary>
    public static TSpec Read<TSpec>(TableRow row) => new Payload(row.Get<byte[]>(Spec)).As<TSpec>()!;

    private async Task<bool> ChangeAsync(string tenant, TableOperation change, CancellationToken cancellationToken)
    {
        bool made = (await table.SubmitAsync([change], cancellationToken: cancellationToken)).Succeeded;
        _known.TryRemove(tenant, out _);
        return made;
    }

    private sealed record Known(string Version, IReadOnlyList<T> Things, long ReadAt);
}
