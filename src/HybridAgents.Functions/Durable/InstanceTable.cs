using System.Globalization;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Functions.Durable;

/// <summary>How an instance was started.</summary>
/// <param name="Name">The orchestrator.</param>
/// <param name="Version">Its version.</param>
/// <param name="Input">The first generation's input.</param>
/// <param name="TraceParent">W3C trace context.</param>
/// <param name="ParentId">The parent; null for a root instance.</param>
/// <param name="Call">The parent's call, which may be repeated; null for a root instance.</param>
internal sealed record InstanceStart(string Name, string Version, Payload Input, string? TraceParent, string? ParentId = null, string? Call = null);

/// <summary>All that is noted of an instance.</summary>
internal sealed record InstanceNotes(InstanceStart? Start = null, CancelRequest? Cancel = null, bool IsSuspended = false, string? SuspendReason = null);

/// <summary>
/// What Durable Task does not keep of an instance, in the table <c>instances</c>: its start (which also reserves its id), cancel request, suspend reason, and children.
/// Cancel requests stand in a feed by time as well, for the one reader of each process.
/// </summary>
internal sealed class InstanceTable(ITableStore tables, TimeProvider time)
{
    private const string StartKey = "start";
    private const string CancelKey = "cancel";
    private const string SuspendedKey = "suspended";
    private const string ChildPrefix = "x|";

    /// <summary>The feed's partition: no instance's id begins with a space.</summary>
    private const string Feed = " cancels";

    private readonly ITable _table = tables.GetTable("instances");

    /// <summary>Reserves the id.</summary>
    /// <returns>False when it is taken.</returns>
    public async Task<bool> TryStartAsync(string instanceId, InstanceStart start, CancellationToken cancellationToken) => (await _table.SubmitAsync(
        [
            TableOperation.Insert(new TableRow(instanceId, StartKey)
                .Set("name", start.Name).Set("version", start.Version).Set("input", start.Input.ToString()).Set("trace", start.TraceParent)
                .Set("parent", start.ParentId).Set("call", start.Call)),
        ],
        cancellationToken: cancellationToken)).Succeeded;

    public async Task<InstanceStart?> GetStartAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadStart(await _table.GetAsync(instanceId, StartKey, cancellationToken));

    public async Task<CancelRequest?> GetCancelAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadCancel(await _table.GetAsync(instanceId, CancelKey, cancellationToken));

    public async Task<InstanceNotes> GetNotesAsync(string instanceId, CancellationToken cancellationToken)
    {
        InstanceNotes notes = new();
        await foreach (TableRow row in _table.QueryAsync(instanceId, new(CancelKey, ChildPrefix), cancellationToken))
        {
            notes = row.RowKey switch
            {
                StartKey => notes with { Start = ReadStart(row) },
                CancelKey => notes with { Cancel = ReadCancel(row) },
                SuspendedKey => notes with { IsSuspended = true, SuspendReason = row.Get<string>("reason") },
                _ => notes,
            };
        }

        return notes;
    }

    /// <summary>Notes a cancel request, unless there is one already; returns the one that stands.</summary>
    /// <remarks>The row comes before the feed: who looks at the row and finds none will find the feed.</remarks>
    public async Task<CancelRequest> CancelAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        CancelRequest request = new(reason, time.GetUtcNow());
        TableWriteResult written = await _table.SubmitAsync(
            [TableOperation.Insert(new TableRow(instanceId, CancelKey).Set("reason", reason).Set("at", request.RequestedAt))], cancellationToken: cancellationToken);
        if (!written.Succeeded)
            request = await GetCancelAsync(instanceId, cancellationToken) ?? request;
        await _table.SubmitAsync([TableOperation.Upsert(new TableRow(Feed, FeedKey(request.RequestedAt, instanceId)).Set("instance", instanceId))], cancellationToken: cancellationToken);
        return request;
    }

    /// <summary>The instances whose cancel was requested at <paramref name="from"/> or later.</summary>
    public async IAsyncEnumerable<string> CancelledSinceAsync(
        DateTimeOffset from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableRow row in _table.QueryAsync(Feed, new(FeedKey(from, "")), cancellationToken))
            yield return row.Get<string>("instance")!;
    }

    public async Task<bool> IsSuspendedAsync(string instanceId, CancellationToken cancellationToken) =>
        await _table.GetAsync(instanceId, SuspendedKey, cancellationToken) is not null;

    public async Task SetSuspendedAsync(string instanceId, string? reason, CancellationToken cancellationToken) => await _table.SubmitAsync(
        [TableOperation.Upsert(new TableRow(instanceId, SuspendedKey).Set("reason", reason))], cancellationToken: cancellationToken);

    public async Task ClearSuspendedAsync(string instanceId, CancellationToken cancellationToken) =>
        await _table.SubmitAsync([TableOperation.Delete(instanceId, SuspendedKey)], cancellationToken: cancellationToken);

    public async Task AddChildAsync(string parentId, string childId, CancellationToken cancellationToken) =>
        await _table.SubmitAsync([TableOperation.Upsert(new TableRow(parentId, ChildPrefix + childId))], cancellationToken: cancellationToken);

    public async Task<List<string>> GetChildrenAsync(string instanceId, CancellationToken cancellationToken)
    {
        List<string> children = [];
        await foreach (TableRow row in _table.QueryAsync(instanceId, RowRange.Prefix(ChildPrefix), cancellationToken))
            children.Add(row.RowKey[ChildPrefix.Length..]);
        return children;
    }

    /// <summary>Forgets the instance; its id is free again.</summary>
    public async Task RemoveAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await GetCancelAsync(instanceId, cancellationToken) is { } cancel)
            await _table.SubmitAsync([TableOperation.Delete(Feed, FeedKey(cancel.RequestedAt, instanceId))], cancellationToken: cancellationToken);
        List<TableOperation> rows = [];
        await foreach (TableRow row in _table.QueryAsync(instanceId, cancellationToken: cancellationToken))
            rows.Add(TableOperation.Delete(instanceId, row.RowKey, row.ETag));
        // The start goes last: until then the id is taken.
        foreach (TableOperation[] batch in rows.OrderBy(operation => operation.Row.RowKey == StartKey).Chunk(100))
            await _table.SubmitAsync(batch, cancellationToken: cancellationToken);
    }

    private static string FeedKey(DateTimeOffset at, string instanceId) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks:D19}|{instanceId}");

    private static InstanceStart? ReadStart(TableRow? row) => row is null ? null : new(
        row.Get<string>("name")!, row.Get<string>("version")!, new(System.Text.Encoding.UTF8.GetBytes(row.Get<string>("input")!)),
        row.Get<string>("trace"), row.Get<string>("parent"), row.Get<string>("call"));

    private static CancelRequest? ReadCancel(TableRow? row) => row is null ? null : new(row.Get<string>("reason"), row.Get<DateTimeOffset>("at"));
}
