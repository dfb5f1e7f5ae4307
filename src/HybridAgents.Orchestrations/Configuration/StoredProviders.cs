using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Orchestrations.Configuration;

/// <summary>What an administrator has set of a provider, as it is stored.</summary>
/// <param name="Settings">What was set.</param>
/// <param name="Version">1 for the first, one more for each change.</param>
/// <param name="UpdatedAt">When it was set, UTC.</param>
/// <param name="UpdatedBy">The id of the key that set it.</param>
public sealed record StoredProvider(ProviderOverride Settings, int Version, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>Settings of providers in the table <c>providers</c>, one partition for all hosts. Names of secrets, never secrets. Safe for concurrent use.</summary>
public sealed class StoredProviders(ITableStore tables, TimeProvider time)
{
    /// <summary>The most stored providers.</summary>
    public const int Most = 100;

    private const string Partition = "providers";

    private readonly ITable _table = tables.GetTable("providers");

    /// <summary>All of them by name, and a text that changes with any of them.</summary>
    public async Task<(IReadOnlyList<StoredProvider> Providers, string Version)> ListAsync(CancellationToken cancellationToken)
    {
        List<StoredProvider> providers = [];
        List<string> tags = [];
        await foreach (TableRow row in _table.QueryAsync(Partition, cancellationToken: cancellationToken))
        {
            providers.Add(Read(row));
            tags.Add(row.RowKey + row.ETag);
        }

        return (providers, string.Join(' ', tags));
    }

    /// <summary>Finds one; null if nothing is stored of it.</summary>
    public async Task<StoredProvider?> FindAsync(string name, CancellationToken cancellationToken) =>
        await _table.GetAsync(Partition, name, cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Stores one in place of what was stored of it before; the last writer wins.</summary>
    /// <returns>Null if there are <see cref="Most"/> others.</returns>
    public async Task<StoredProvider?> PutAsync(ProviderOverride settings, string by, CancellationToken cancellationToken)
    {
        while (true)
        {
            TableRow? row = await _table.GetAsync(Partition, settings.Name, cancellationToken);
            if (row is null && (await ListAsync(cancellationToken)).Providers.Count >= Most)
                return null;
            StoredProvider next = new(settings, row is null ? 1 : Read(row).Version + 1, time.GetUtcNow(), by);
            TableRow written = new TableRow(Partition, settings.Name)
                .Set("settings", Payload.From(settings).Utf8Json.ToArray())
                .Set("version", next.Version)
                .Set("updated", next.UpdatedAt)
                .Set("by", by);
            TableOperation write = row is null ? TableOperation.Insert(written) : TableOperation.Replace(written, row.ETag);
            if ((await _table.SubmitAsync([write], cancellationToken: cancellationToken)).Succeeded)
                return next;
        }
    }

    /// <summary>Removes one, so that only its configuration counts; false if nothing is stored of it.</summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        (await _table.SubmitAsync([TableOperation.Delete(Partition, name)], cancellationToken: cancellationToken)).Succeeded;

    private static StoredProvider Read(TableRow row) => new(
        new Payload(row.Get<byte[]>("settings")).As<ProviderOverride>()!, row.Get<int>("version"), row.Get<DateTimeOffset>("updated"), row.Get<string>("by")!);
}
