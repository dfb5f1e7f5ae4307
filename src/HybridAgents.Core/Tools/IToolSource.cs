namespace HybridAgents.Core.Tools;

/// <summary>Where tools come from that are not compiled in: registered ones, MCP servers. Safe for concurrent use.</summary>
public interface IToolSource
{
    /// <summary>The tools of a tenant now. As long as nothing changes, the same list; an unreachable source has none, and does not throw.</summary>
    ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken);
}
