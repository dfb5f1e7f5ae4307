using HybridAgents.Core.Knowledge;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>What of a tenant's documents is in memory: the list and the words, not the texts. Looked at again on the first use after a second.</summary>
internal sealed class TenantDocuments(ITable table, string tenant, TimeProvider time)
{
    private const int FewDocuments = 16;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private Dictionary<string, DocumentInfo> _documents = new(StringComparer.Ordinal);
    private string? _version;
    private long? _checkedAt;

    /// <summary>Gets the gate that a change holds from beginning to end, so that adding and deleting one document never mix.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Gets the words.</summary>
    public ChunkIndex Index { get; } = new();

    /// <summary>Gets the documents by id, as of the last refresh.</summary>
    public IReadOnlyDictionary<string, DocumentInfo> Documents => _documents;

    /// <summary>Takes in what has changed. Called under the gate.</summary>
    /// <param name="force">Whether to look although a second has not passed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RefreshAsync(bool force, CancellationToken cancellationToken)
    {
        if (!force && _checkedAt is { } last && time.GetElapsedTime(last) < RefreshInterval)
            return;
        string? version = (await table.GetAsync(tenant, DocumentRows.VersionKey, cancellationToken))?.ETag;
        if (version != _version)
            await ReadAsync(cancellationToken);
        (_version, _checkedAt) = (version, time.GetTimestamp());
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, DocumentInfo> now = new(StringComparer.Ordinal);
        await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix(DocumentRows.DocumentPrefix), cancellationToken))
            now.Add(row.RowKey[DocumentRows.DocumentPrefix.Length..], DocumentRows.ReadDocument(row));
        foreach (string gone in _documents.Keys.Where(id => !now.ContainsKey(id)))
            Index.Remove(gone);
        HashSet<string> added = [.. now.Keys.Where(id => !_documents.ContainsKey(id))];
        string[] prefixes = added.Count <= FewDocuments ? [.. added.Select(DocumentRows.ChunksOf)] : [DocumentRows.ChunkPrefix];
        foreach (string prefix in prefixes)
            await IndexAsync(prefix, now, added, cancellationToken);
        _documents = now;
    }

    private async Task IndexAsync(string prefix, Dictionary<string, DocumentInfo> documents, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        string? id = null;
        List<Chunk> chunks = [];
        await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix(prefix), cancellationToken))
        {
            string owner = DocumentRows.DocumentOf(row);
            if (owner != id)
                Flush(owner);
            if (wanted.Contains(owner))
                chunks.Add(DocumentRows.ReadChunk(row));
        }

        Flush(null);

        void Flush(string? next)
        {
            if (chunks.Count > 0)
                Index.Add(id!, documents[id!].Title, chunks);
            (id, chunks) = (next, []);
        }
    }
}
