using System.Collections.Concurrent;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Http;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Tools that were registered at run time, in the table <c>tools</c>: a partition for each tenant. Safe for concurrent use.</summary>
/// <remarks>What another process registers or removes counts here after at most 5 s.</remarks>
public sealed class RegisteredTools(ITableStore tables, IOptions<ToolOptions> options, HttpToolClients clients, TimeProvider time) : IToolSource
{
    /// <summary>The most tools of a tenant.</summary>
    public const int MaxTools = 200;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly ITable _table = tables.GetTable("tools");
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken)
    {
        Known? known = _known.GetValueOrDefault(tenant);
        if (known is not null && time.GetElapsedTime(known.ReadAt) < Remembered)
            return known.Tools;
        long now = time.GetTimestamp();
        List<TableRow> rows = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, cancellationToken: cancellationToken))
            rows.Add(row);
        string version = string.Join(' ', rows.Select(static row => row.RowKey + row.ETag));
        // The same list as long as nothing has changed, so that what is made from it is kept.
        Known read = known is not null && known.Version == version ? known with { ReadAt = now } : new(version, [.. rows.Select(Make)], now);
        _known[tenant] = read;
        return read.Tools;
    }

    /// <summary>Registers a tool; false if the tenant has one of that name, or <see cref="MaxTools"/>.</summary>
    public async Task<bool> AddAsync(string tenant, HttpToolSpec spec, CancellationToken cancellationToken)
    {
        _known.TryRemove(tenant, out _);
        if ((await GetAsync(tenant, cancellationToken)).Count >= MaxTools)
            return false;
        TableRow row = new TableRow(tenant, spec.Name).Set("spec", Payload.From(spec).Utf8Json.ToArray());
        bool added = (await _table.SubmitAsync([TableOperation.Insert(row)], cancellationToken: cancellationToken)).Succeeded;
        _known.TryRemove(tenant, out _);
        return added;
    }

    /// <summary>Removes a tool; false if there is none.</summary>
    public async Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        bool removed = (await _table.SubmitAsync([TableOperation.Delete(tenant, name)], cancellationToken: cancellationToken)).Succeeded;
        _known.TryRemove(tenant, out _);
        return removed;
    }

    private HttpTool Make(TableRow row) => new(new Payload(row.Get<byte[]>("spec")).As<HttpToolSpec>()!, options.Value, clients);

    private sealed record Known(string Version, IReadOnlyList<ITool> Tools, long ReadAt);
}
