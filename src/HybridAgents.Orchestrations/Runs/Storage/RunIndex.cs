using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Keys of a run's entry in the index.</summary>
internal sealed record IndexEntry(string Partition, string Row, string RunId)
{
    /// <summary>The entry of a new run.</summary>
    public static IndexEntry Of(string tenant, string runId, DateTimeOffset created) =>
        new(PartitionOf(tenant, DateOnly.FromDateTime(created.UtcDateTime)), $"{Inverted(created)}|{runId}", runId);

    public static string PartitionOf(string tenant, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{tenant}|{day:yyyyMMdd}");

    /// <summary>A key part that sorts newest first.</summary>
    public static string Inverted(DateTimeOffset time) => (DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}

/// <summary>What the index knows of a run, for filters.</summary>
internal sealed record IndexedRun(string? AgentType, string? SessionId, string? WorkflowId);

/// <summary>Where a listing goes on: a day, and the entry after which it continues.</summary>
internal readonly record struct IndexCursor(DateOnly Day, string After)
{
    /// <summary>The opaque form that clients carry.</summary>
    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Day:yyyyMMdd}|{After}"))).Replace('+', '-').Replace('/', '_');

    public static bool TryParse(string text, out IndexCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[256];
        if (text.Length > 256 || !Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/'), bytes, out int written) || written < 10)
            return false;
        string plain = Encoding.UTF8.GetString(bytes[..written]);
        if (plain[8] != '|' || !DateOnly.TryParseExact(plain.AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            return false;
        cursor = new(day, plain[9..]);
        return true;
    }
}

/// <summary>Runs by tenant and day, newest first; entries are written once. A second partition names the tenants, for sweepers.</summary>
internal sealed class RunIndex(ITableStore tables)
{
    private const string TenantsPartition = "tenants";
    private const string RunName = "run";
    private const string AgentTypeName = "agent_type";
    private const string SessionName = "session_id";
    private const string WorkflowName = "workflow";

    private readonly ITable _table = tables.GetTable(RunKeys.Index);
    private readonly ConcurrentDictionary<string, bool> _knownTenants = new(StringComparer.Ordinal);

    public async Task AddAsync(IndexEntry entry, RunRequest request, string tenant, CancellationToken cancellationToken)
    {
        if (!_knownTenants.ContainsKey(tenant))
        {
            await _table.SubmitAsync([TableOperation.Upsert(new TableRow(TenantsPartition, tenant))], WriteDurability.Ordered, cancellationToken);
            _knownTenants[tenant] = true;
        }

        TableRow row = new TableRow(entry.Partition, entry.Row)
            .Set(RunName, entry.RunId)
            .Set(AgentTypeName, request.Agent.AgentType)
            .Set(SessionName, SessionOf(request))
            .Set(WorkflowName, request.Workflow?.WorkflowId);
        await _table.SubmitAsync([TableOperation.Upsert(row)], WriteDurability.Ordered, cancellationToken);
    }

    public async Task RemoveAsync(string partition, string row, CancellationToken cancellationToken) =>
        await _table.SubmitAsync([TableOperation.Delete(partition, row)], WriteDurability.Durable, cancellationToken);

    public async Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancellationToken)
    {
        List<string> tenants = [];
        await foreach (TableRow row in _table.QueryAsync(TenantsPartition, default, cancellationToken))
            tenants.Add(row.RowKey);
        return tenants;
    }

    /// <summary>Reads one day's entries, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="day">The day, UTC.</param>
    /// <param name="after">The key after which to begin; null for the newest.</param>
    /// <param name="until">The key before which to end; null for the oldest.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    public async IAsyncEnumerable<(IndexEntry Entry, IndexedRun Run)> ReadDayAsync(
        string tenant, DateOnly day, string? after, string? until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string partition = IndexEntry.PartitionOf(tenant, day);
        // No key begins with another one, so this is the first key after it.
        RowRange range = new(after is null ? null : after + "|", until);
        await foreach (TableRow row in _table.QueryAsync(partition, range, cancellationToken))
            yield return (new(partition, row.RowKey, row.Get<string>(RunName)!), new(row.Get<string>(AgentTypeName), row.Get<string>(SessionName), row.Get<string>(WorkflowName)));
    }

    private static string? SessionOf(RunRequest request) =>
        request.Metadata is { ValueKind: System.Text.Json.JsonValueKind.Object } metadata && metadata.TryGetProperty("session_id", out var session)
        && session.ValueKind == System.Text.Json.JsonValueKind.String ? session.GetString() : null;
}
