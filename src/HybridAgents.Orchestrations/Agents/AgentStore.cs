using HybridAgents.Core.Agents;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Versions;

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
public sealed class AgentStore(ITableStore tables, AgentCatalog catalog, TimeProvider time)
{
    /// <summary>The most agents of a tenant.</summary>
    public const int MaxAgents = 1000;

    /// <summary>How many versions of an agent are kept.</summary>
    public const int MaxVersions = VersionedTable<AgentDefinition>.MaxVersions;

    private readonly VersionedTable<AgentDefinition> _table = new(tables.GetTable("agents"), MaxAgents, time);

    /// <summary>Finds an agent, built in or stored; null if there is none.</summary>
    public async Task<StoredAgent?> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        BuiltIn(id) ?? (await _table.FindAsync(id, tenant, cancellationToken) is { } found ? View(found) : null);

    /// <summary>All agents: the built-in ones, then the tenant's, newest first.</summary>
    public async Task<IReadOnlyList<StoredAgent>> ListAsync(string tenant, CancellationToken cancellationToken) =>
        [.. catalog.Profiles.Select(FromProfile), .. (await _table.ListAsync(tenant, cancellationToken)).Select(View)];

    /// <summary>Makes an agent.</summary>
    public async Task<AgentChangeResult> AddAsync(string id, AgentDefinition definition, string tenant, CancellationToken cancellationToken) =>
        BuiltIn(id) is { } taken ? new(AgentChange.Conflict, taken) : Result(await _table.AddAsync(id, definition, tenant, cancellationToken));

    /// <summary>Makes the next version of an agent.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="expected">The version that the caller has seen; null for whatever stands.</param>
    /// <param name="change">Makes the next definition out of the one that stands.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<AgentChangeResult> ChangeAsync(string id, string tenant, int? expected, Func<AgentDefinition, AgentDefinition> change, CancellationToken cancellationToken) =>
        BuiltIn(id) is { } builtIn ? new(AgentChange.BuiltIn, builtIn) : Result(await _table.ChangeAsync(id, tenant, expected, change, cancellationToken));

    /// <summary>The versions of an agent that are kept, newest first; empty if there is no such agent.</summary>
    public async Task<IReadOnlyList<StoredAgent>> VersionsAsync(string id, string tenant, CancellationToken cancellationToken) =>
        BuiltIn(id) is { } builtIn ? [builtIn] : [.. (await _table.VersionsAsync(id, tenant, cancellationToken)).Select(View)];

    /// <summary>Makes an earlier version the newest one.</summary>
    public async Task<AgentChangeResult> RestoreAsync(string id, int version, string tenant, int? expected, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return new(AgentChange.BuiltIn, builtIn);
        return await _table.FindVersionAsync(id, version, tenant, cancellationToken) is { } earlier
            ? await ChangeAsync(id, tenant, expected, _ => earlier.Definition, cancellationToken)
            : new(AgentChange.NotFound);
    }

    /// <summary>Removes an agent with its versions. Runs that have begun with it are not touched.</summary>
    public async Task<AgentChangeResult> RemoveAsync(string id, string tenant, CancellationToken cancellationToken)
    {
        if (BuiltIn(id) is { } builtIn)
            return new(AgentChange.BuiltIn, builtIn);
        return await _table.RemoveAsync(id, tenant, cancellationToken) is { } removed ? new(AgentChange.Made, View(removed)) : new(AgentChange.NotFound);
    }

    private static AgentChangeResult Result((VersionedChange Outcome, Versioned<AgentDefinition>? Document) change) => new(
        change.Outcome switch
        {
            VersionedChange.Made => AgentChange.Made,
            VersionedChange.NotFound => AgentChange.NotFound,
            VersionedChange.TooMany => AgentChange.TooMany,
            _ => AgentChange.Conflict,
        },
        change.Document is { } document ? View(document) : null);

    private static StoredAgent View(Versioned<AgentDefinition> found) => new(found.Id, found.Version, found.Definition, found.CreatedAt, found.UpdatedAt);

    private static StoredAgent FromProfile(AgentProfile profile) => new(
        profile.Type,
        1,
        new() { Name = profile.Type, Description = profile.Description, AgentType = profile.Type, SystemPrompt = profile.SystemPrompt, Tools = profile.Tools },
        null,
        null,
        BuiltIn: true);

    private StoredAgent? BuiltIn(string id) => catalog.Find(id) is { } profile ? FromProfile(profile) : null;
}
