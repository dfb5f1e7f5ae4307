using System.Collections.Concurrent;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Mcp;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Tools;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>A server and how it is.</summary>
/// <param name="Server">What it is.</param>
/// <param name="Configured">Whether it is one of the configuration, which all tenants have.</param>
/// <param name="Connected">Whether there is a session with it.</param>
/// <param name="Fault">Why it was not reached when it was last tried; null if it was.</param>
/// <param name="Tools">The names of its tools, as agents know them.</param>
public sealed record McpServerState(McpServerSpec Server, bool Configured, bool Connected, string? Fault, IReadOnlyList<string> Tools);

/// <summary>The MCP servers of the configuration and those of each tenant, in the table <c>mcpservers</c>, with this process's sessions. Safe for concurrent use.</summary>
/// <remarks>What another process adds or removes counts here after at most 5 s. A server that cannot be reached holds nobody up for more than 2 s, 10 s before its first answer; its tools stay as they were.</remarks>
public sealed class McpServers(ITableStore tables, IOptions<ToolOptions> options, TimeProvider time, ILogger<McpServers> logger) : IToolSource, IAsyncDisposable
{
    /// <summary>The most servers of a tenant.</summary>
    public const int MaxServers = 20;

    private readonly TenantRows<StoredServer> _stored = new(
        tables.GetTable("mcpservers"), static row => new(TenantRows<StoredServer>.Read<McpServerSpec>(row), row.ETag!), MaxServers, time);

    private readonly McpConnection[] _configured =
    [
        .. options.Value.Mcp.Select(server => new McpConnection(server.Value with { Name = server.Key.ToLowerInvariant(), AllowPrivate = true }, options.Value, time, logger)),
    ];

    private readonly ConcurrentDictionary<string, Sessions> _sessions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly ConcurrentDictionary<string, (IReadOnlyList<ITool>[] Parts, IReadOnlyList<ITool> All)> _lists = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken)
    {
        IReadOnlyList<McpConnection> servers = await ServersAsync(tenant, cancellationToken);
        if (servers.Count == 0)
            return [];
        IReadOnlyList<ITool>[] parts = await Task.WhenAll(servers.Select(server => server.GetToolsAsync(cancellationToken).AsTask()));
        if (_lists.TryGetValue(tenant, out (IReadOnlyList<ITool>[] Parts, IReadOnlyList<ITool> All) known) && known.Parts.SequenceEqual(parts))
            return known.All;
        ITool[] all = [.. parts.SelectMany(static part => part)];
        _lists[tenant] = (parts, all);
        return all;
    }

    /// <summary>The servers that a tenant has, those of the configuration first, and how they are.</summary>
    public async Task<IReadOnlyList<McpServerState>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        List<McpServerState> all = [];
        foreach (McpConnection server in await ServersAsync(tenant, cancellationToken))
        {
            IReadOnlyList<ITool> tools = await server.GetToolsAsync(cancellationToken);
            all.Add(new(server.Spec, _configured.Contains(server), server.Connected, server.Fault, [.. tools.Select(static tool => tool.Definition.Name)]));
        }

        return all;
    }

    /// <summary>Adds a server; false if the tenant has one of that name, or <see cref="MaxServers"/>.</summary>
    public async Task<bool> AddAsync(string tenant, McpServerSpec spec, CancellationToken cancellationToken) =>
        !Array.Exists(_configured, server => server.Spec.Name == spec.Name) && await _stored.AddAsync(tenant, spec.Name, spec, cancellationToken);

    /// <summary>Removes a server and ends the session with it; false if there is none, or it is one of the configuration.</summary>
    public async Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        bool removed = await _stored.RemoveAsync(tenant, name, cancellationToken);
        await ServersAsync(tenant, cancellationToken);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_sessions.Values.SelectMany(static sessions => sessions.Stored.Values).Concat(_configured).Select(static server => server.DisposeAsync().AsTask()));
        _changing.Dispose();
    }

    private async ValueTask<IReadOnlyList<McpConnection>> ServersAsync(string tenant, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredServer> stored = await _stored.GetAsync(tenant, cancellationToken);
        if (!_sessions.TryGetValue(tenant, out Sessions? sessions) && stored.Count == 0)
            return _configured;
        return sessions?.Of == stored ? sessions.All : await ChangeAsync(tenant, cancellationToken);
    }

    /// <summary>Ends the sessions with servers that are gone or were replaced; new ones begin when they are used.</summary>
    private async Task<IReadOnlyList<McpConnection>> ChangeAsync(string tenant, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            IReadOnlyList<StoredServer> stored = await _stored.GetAsync(tenant, cancellationToken);
            Dictionary<StoredServer, McpConnection> before = _sessions.GetValueOrDefault(tenant)?.Stored ?? [];
            Dictionary<StoredServer, McpConnection> now = stored.ToDictionary(
                static server => server, server => before.GetValueOrDefault(server) ?? new(server.Spec, options.Value, time, logger));
            Sessions sessions = new(stored, now, [.. _configured, .. now.Values]);
            _sessions[tenant] = sessions;
            await Task.WhenAll(before.Where(entry => !now.ContainsKey(entry.Key)).Select(static entry => entry.Value.DisposeAsync().AsTask()));
            return sessions.All;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>A row: the same server as long as it is not written again.</summary>
    private sealed record StoredServer(McpServerSpec Spec, string Version)
    {
        public bool Equals(StoredServer? other) => other is not null && Spec.Name == other.Spec.Name && Version == other.Version;

        public override int GetHashCode() => HashCode.Combine(Spec.Name, Version);
    }

    private sealed record Sessions(IReadOnlyList<StoredServer> Of, Dictionary<StoredServer, McpConnection> Stored, IReadOnlyList<McpConnection> All);
}
