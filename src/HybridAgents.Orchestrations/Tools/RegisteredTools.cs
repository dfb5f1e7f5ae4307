using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Http;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Tools that were registered at run time, in the table <c>tools</c>: a partition for each tenant. Safe for concurrent use.</summary>
/// <remarks>What another process registers or removes counts here after at most 5 s.</remarks>
public sealed class RegisteredTools(ITableStore tables, IOptions<ToolOptions> options, HttpToolClients clients, TimeProvider time) : IToolSource
{
    /// <summary>The most tools of a tenant.</summary>
    public const int MaxTools = 200;

    private readonly TenantRows<ITool> _tools = new(
        tables.GetTable("tools"), row => new HttpTool(TenantRows<ITool>.Read<HttpToolSpec>(row), options.Value, clients), MaxTools, time);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken) => _tools.GetAsync(tenant, cancellationToken);

    /// <summary>Registers a tool; false if the tenant has one of that name, or <see cref="MaxTools"/>.</summary>
    public Task<bool> AddAsync(string tenant, HttpToolSpec spec, CancellationToken cancellationToken) => _tools.AddAsync(tenant, spec.Name, spec, cancellationToken);

    /// <summary>Removes a tool; false if there is none.</summary>
    public Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken) => _tools.RemoveAsync(tenant, name, cancellationToken);
}
