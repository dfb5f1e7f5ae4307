using System.Globalization;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Versions;

/// <summary>What became of a change to a stored document.</summary>
public enum VersionedChange
{
    /// <summary>It is made.</summary>
    Made,

    /// <summary>There is no such document, or no such version of it.</summary>
    NotFound,

    /// <summary>It is at another version than the caller expects, or there already.</summary>
    Conflict,

    /// <summary>The tenant has as many as it may.</summary>
    TooMany,
}

/// <summary>A document at a version.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Definition">What it is.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When this version was made, UTC.</param>
internal sealed record Versioned<T>(string Id, int Version, T Definition, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Documents of tenants with their versions. Safe for concurrent use.</summary>
/// <remarks>Partition: the tenant. Rows: <c>a|id</c> the document, <c>v|id|version</c> each version, written together; the newest <see cref="MaxVersions"/> are kept.</remarks>
internal sealed class VersionedTable<T>(ITable table, int maxDocuments, TimeProvider time)
{
    /// <summary>How many versions of a document are kept.</summary>
    public const int MaxVersions = 50;

    private const string Prefix = "a|";

    public async Task<Versioned<T>?> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await table.GetAsync(tenant, Prefix + id, cancellationToken) is { } row ? Read(row, id) : null;

    /// <summary>All of a tenant, newest first.</summary>
    public async Task<IReadOnlyList<Versioned<T>>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<Versioned<T>> all = [];
        await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix(Prefix), cancellationToken))
            all.Add(Read(row, row.RowKey[Prefix.Length..]));
        return [.. all.OrderByDescending(one => one.CreatedAt).ThenBy(one => one.Id, StringComparer.Ordinal)];
    }

    public async Task<(VersionedChange Outcome, Versioned<T>? Document)> AddAsync(string id, T definition, string tenant, CancellationToken cancellationToken)
    {
        if ((await ListAsync(tenant, cancellationToken)).Count >= maxDocuments)
            return (VersionedChange.TooMany, null);
        DateTimeOffset now = time.GetUtcNow();
        Versioned<T> document = new(id, 1, definition, now, now);
        TableWriteResult added = await table.SubmitAsync(
            [TableOperation.Insert(Write(document, tenant, Prefix + id)), TableOperation.Upsert(Write(document, tenant, VersionKey(id, 1)))], cancellationToken: cancellationToken);
        return added.Succeeded ? (VersionedChange.Made, document) : (VersionedChange.Conflict, await FindAsync(id, tenant, cancellationToken));
    }

    /// <summary>Makes the next version.</summary>
    /// <param name="id">The document.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="expected">The version that the caller has seen; null for whatever stands.</param>
    /// <param name="change">Makes what it is then out of what stands.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<(VersionedChange Outcome, Versioned<T>? Document)> ChangeAsync(string id, string tenant, int? expected, Func<T, T> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await table.GetAsync(tenant, Prefix + id, cancellationToken) is not { } row)
                return (VersionedChange.NotFound, null);
            Versioned<T> stands = Read(row, id);
            if (expected is { } seen && seen != stands.Version)
                return (VersionedChange.Conflict, stands);
            Versioned<T> next = stands with { Version = stands.Version + 1, Definition = change(stands.Definition), UpdatedAt = time.GetUtcNow() };
            List<TableOperation> batch =
                [TableOperation.Replace(Write(next, tenant, Prefix + id), row.ETag), TableOperation.Upsert(Write(next, tenant, VersionKey(id, next.Version)))];
            if (next.Version > MaxVersions)
                batch.Add(TableOperation.Delete(tenant, VersionKey(id, next.Version - MaxVersions)));
            if ((await table.SubmitAsync(batch, cancellationToken: cancellationToken)).Succeeded)
                return (VersionedChange.Made, next);
        }
    }

    /// <summary>The versions that are kept, newest first; empty if there is no such document.</summary>
    public async Task<IReadOnlyList<Versioned<T>>> VersionsAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        List<Versioned<T>> versions = [];
        await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix($"v|{id}|"), cancellationToken))
            versions.Insert(0, Read(row, id));
        return versions;
    }

    /// <summary>Finds a version that is kept; null if there is none.</summary>
    public async Task<Versioned<T>?> FindVersionAsync(string id, int version, string tenant, CancellationToken cancellationToken) =>
        await table.GetAsync(tenant, VersionKey(id, version), cancellationToken) is { } row ? Read(row, id) : null;

    /// <summary>Removes a document with its versions.</summary>
    /// <returns>What was removed; null if there was none.</returns>
    public async Task<Versioned<T>?> RemoveAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        while (await table.GetAsync(tenant, Prefix + id, cancellationToken) is { } row)
        {
            List<TableOperation> batch = [TableOperation.Delete(tenant, Prefix + id, row.ETag)];
            foreach (Versioned<T> version in await VersionsAsync(id, tenant, cancellationToken))
                batch.Add(TableOperation.Delete(tenant, VersionKey(id, version.Version)));
            if ((await table.SubmitAsync(batch, cancellationToken: cancellationToken)).Succeeded)
                return Read(row, id);
        }

        return null;
    }

    private static string VersionKey(string id, int version) => string.Create(CultureInfo.InvariantCulture, $"v|{id}|{version:D10}");

    private static Versioned<T> Read(TableRow row, string id) => new(
        id, row.Get<int>("version"), new Payload(row.Get<byte[]>("definition")).As<T>()!, row.Get<DateTimeOffset>("created"), row.Get<DateTimeOffset>("updated"));

    private static TableRow Write(Versioned<T> document, string tenant, string key) => new TableRow(tenant, key)
        .Set("version", document.Version)
        .Set("definition", Payload.From(document.Definition).Utf8Json.ToArray())
        .Set("created", document.CreatedAt)
        .Set("updated", document.UpdatedAt);
}
