using System.Globalization;
using HybridAgents.Core.Agents;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Agents;

/// <summary>What became of a change to a stored agent.</summary>
public enum AgentChange
{
    /// <summary>It is made.</summary>
    Made,

    /// <summary>There is no such agent, or no such version of it.</summary>
    NotFound,

    /// <summary>It is a built-in one.</summary>
    BuiltIn,

    /// <summary>It is at another version than the caller expects, or there already.</summary>
    Conflict,

    /// <summary>The tenant has as many agents as it may.</summary>
    TooMany,
}

/// <summary>A change's outcome.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Agent">The agent after it; as it stands, if it conflicts; null if it is not there.</param>
public sealed record AgentChangeResult(AgentChange Outcome, StoredAgent? Agent = null);

/// <summary>Agents that people have made, in the table <c>agents</c>, and the built-in ones before them. Safe for concurrent use.</summary>
/// <remarks>Partition: the tenant. Rows: <c>a|id</c> the agent, <c>v|id|version</c> each version, written together; the newest <see cref="MaxVersions"/> are kept.</remarks>
public sealed class AgentStore(ITableStore tables, AgentCatalog catalog, TimeProvider time)
{
    /// <summary>The most agents of a tenant.</summary>
    public const int MaxAgents = 1000;

    /// <summary>How many versions of an agent are kept.</summary>
    public const int MaxVersions = 50;

    private const string AgentPrefix = "a|";

    private readonly ITable _table = tables.GetTable("agents");

    /// <summary>Finds an agent, built in or stored; null if there is none.</summary>
    public async Task<StoredAgent?> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        BuiltIn(id) ?? (await _table.GetAsync(tenant, AgentPrefix + id, cancellationToken) is { } row ? Read(row, id) : null);

    /// <summary>All agents: the built-in ones, then the tenant's, newest first.</summary>
    public async Task<IReadOnlyList<StoredAgent>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<StoredAgent> stored = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix(AgentPrefix), cancellationToken))
            stored.Add(Read(row, row.RowKey[AgentPrefix.Length..]));
        return [.. catalog.Profiles.Select(FromProfile), .. stored.OrderByDescending(agent => agent.CreatedAt).ThenBy(agent => agent.AgentId, StringComparer.Ordinal)];
    }

    /// <summary>Makes an agent.</summary>
    public async Task<AgentChangeResult> AddAsync(string id, AgentDefinition definition, string tenant, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } taken)
            return new(AgentChange.Conflict, taken);
        if (await CountAsync(tenant, cancellationToken) >= MaxAgents)
            return new(AgentChange.TooMany);
        DateTimeOffset now = time.GetUtcNow();
        StoredAgent agent = new(id, 1, definition, now, now);
        TableWriteResult added = await _table.SubmitAsync(
            [TableOperation.Insert(Write(agent, tenant, AgentPrefix + id)), TableOperation.Upsert(Write(agent, tenant, VersionKey(id, 1)))], cancellationToken: cancellationToken);
        return added.Succeeded ? new(AgentChange.Made, agent) : new(AgentChange.Conflict, await FindAsync(id, tenant, cancellationToken));
    }

    /// <summary>Makes the next version of an agent.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="expected">The version that the caller has seen; null for whatever stands.</param>
    /// <param name="change">Makes the next definition out of the one that stands.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<AgentChangeResult> ChangeAsync(string id, string tenant, int? expected, Func<AgentDefinition, AgentDefinition> change, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return new(AgentChange.BuiltIn, builtIn);
        while (true)
        {
            if (await _table.GetAsync(tenant, AgentPrefix + id, cancellationToken) is not { } row)
                return new(AgentChange.NotFound);
            StoredAgent agent = Read(row, id);
            if (expected is { } seen && seen != agent.Version)
                return new(AgentChange.Conflict, agent);
            StoredAgent next = agent with { Version = agent.Version + 1, Definition = change(agent.Definition), UpdatedAt = time.GetUtcNow() };
            List<TableOperation> batch =
                [TableOperation.Replace(Write(next, tenant, AgentPrefix + id), row.ETag), TableOperation.Upsert(Write(next, tenant, VersionKey(id, next.Version)))];
            if (next.Version > MaxVersions)
                batch.Add(TableOperation.Delete(tenant, VersionKey(id, next.Version - MaxVersions)));
            if ((await _table.SubmitAsync(batch, cancellationToken: cancellationToken)).Succeeded)
                return new(AgentChange.Made, next);
        }
    }

    /// <summary>The versions of an agent that are kept, newest first; empty if there is no such agent.</summary>
    public async Task<IReadOnlyList<StoredAgent>> VersionsAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return [builtIn];
        List<StoredAgent> versions = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix($"v|{id}|"), cancellationToken))
            versions.Insert(0, Read(row, id));
        return versions;
    }

    /// <summary>Makes an earlier version the newest one.</summary>
    public async Task<AgentChangeResult> RestoreAsync(string id, int version, string tenant, int? expected, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return new(AgentChange.BuiltIn, builtIn);
        if (await _table.GetAsync(tenant, VersionKey(id, version), cancellationToken) is not { } row)
            return new(AgentChange.NotFound);
        AgentDefinition earlier = Read(row, id).Definition;
        return await ChangeAsync(id, tenant, expected, _ => earlier, cancellationToken);
    }

    /// <summary>Removes an agent with its versions. Runs that have begun with it are not touched.</summary>
    public async Task<AgentChangeResult> RemoveAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return new(AgentChange.BuiltIn, builtIn);
        while (true)
        {
            if (await _table.GetAsync(tenant, AgentPrefix + id, cancellationToken) is not { } row)
                return new(AgentChange.NotFound);
            List<TableOperation> batch = [TableOperation.Delete(tenant, AgentPrefix + id, row.ETag)];
            foreach (StoredAgent version in await VersionsAsync(id, tenant, cancellationToken))
                batch.Add(TableOperation.Delete(tenant, VersionKey(id, version.Version)));
            if ((await _table.SubmitAsync(batch, cancellationToken: cancellationToken)).Succeeded)
                return new(AgentChange.Made, Read(row, id));
        }
    }

    private static string VersionKey(string id, int version) => string.Create(CultureInfo.InvariantCulture, $"v|{id}|{version:D10}");

    private static StoredAgent Read(TableRow row, string id) => new(
        id, row.Get<int>("version"), new Payload(row.Get<byte[]>("definition")).As<AgentDefinition>()!, row.Get<DateTimeOffset>("created"), row.Get<DateTimeOffset>("updated"));

    private static TableRow Write(StoredAgent agent, string tenant, string key) => new TableRow(tenant, key)
        .Set("version", agent.Version)
        .Set("definition", Payload.From(agent.Definition).Utf8Json.ToArray())
        .Set("created", agent.CreatedAt!.Value)
        .Set("updated", agent.UpdatedAt!.Value);

    private static StoredAgent FromProfile(AgentProfile profile) => new(
        profile.Type,
        1,
        new() { Name = profile.Type, Description = profile.Description, AgentType = profile.Type, SystemPrompt = profile.SystemPrompt, Tools = profile.Tools },
        null,
        null,
        BuiltIn: true);

    private StoredAgent? BuiltIn(string id) => catalog.Find(id) is { } profile ? FromProfile(profile) : null;

    private async Task<int> CountAsync(string tenant, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (TableRow _ in _table.QueryAsync(tenant, RowRange.Prefix(AgentPrefix), cancellationToken))
            count++;
        return count;
    }
}
