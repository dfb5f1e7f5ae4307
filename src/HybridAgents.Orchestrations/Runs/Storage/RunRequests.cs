using System.Collections.Concurrent;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Requests as stored with their runs: written once, in chunks of <see cref="ChunkBytes"/>, and kept parsed while they are small and in use.</summary>
internal sealed class RunRequests(ITableStore tables, TranscriptTails tails)
{
    public const int ChunkBytes = 512 * 1024;

    private const int MaxCached = 2_000;
    private const int MaxCachedBytes = 64 * 1024;
    public const string BytesName = "bytes";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);
    private readonly ConcurrentDictionary<string, RunRequest> _cache = new(StringComparer.Ordinal);

    /// <summary>The rows of a request, in order.</summary>
    public static IReadOnlyList<TableOperation> Write(string runId, RunRequest request)
    {
        byte[] json = StepRow.Json(request);
        List<TableOperation> chunks = [];
        for (int start = 0; start < json.Length; start += ChunkBytes)
        {
            byte[] chunk = json.Length <= ChunkBytes ? json : json[start..Math.Min(start + ChunkBytes, json.Length)];
            chunks.Add(TableOperation.Upsert(new TableRow(runId, RunKeys.Request(chunks.Count)).Set(BytesName, chunk)));
        }

        return chunks;
    }

    /// <summary>Reads a request; null if the run is gone.</summary>
    public async Task<RunRequest?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(runId, out RunRequest? cached))
            return cached;
        List<byte[]> chunks = [];
        await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix(RunKeys.RequestPrefix), cancellationToken))
            chunks.Add(row.Get<byte[]>(BytesName)!);
        if (chunks.Count == 0)
            return null;
        byte[] json = chunks.Count == 1 ? chunks[0] : [.. chunks.SelectMany(chunk => chunk)];
        RunRequest request = new Payload(json).As<RunRequest>()!;
        Keep(runId, request, json.Length);
        return request;
    }

    /// <summary>Keeps a request that is about to be used.</summary>
    public void Keep(string runId, RunRequest request, int bytes)
    {
        if (bytes > MaxCachedBytes)
            return;
        if (_cache.Count >= MaxCached)
            _cache.Clear();
        _cache[runId] = request;
    }

    /// <summary>Forgets the parsed forms of a run that has ended: its request, and its transcript.</summary>
    public void Forget(string runId)
    {
        _cache.TryRemove(runId, out _);
        tails.Forget(runId);
    }
}
