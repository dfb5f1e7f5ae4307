using HybridAgents.Core.Knowledge;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>What of a tenant's documents is in memory: the list, the words and the vectors of one model, not the texts. Looked at again on the first use after a second.</summary>
internal sealed class TenantDocuments(ITable table, string tenant, string? model, TimeProvider time)
{
    private const int FewDocuments = 16;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private Dictionary<string, DocumentInfo> _documents = new(StringComparer.Ordinal);
    private string? _version;
    private long? _checkedAt;

    /// <summary>Gets the gate that a change holds from beginning to end, so that adding and deleting one document never mix.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Gets words and vectors.</summary>
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
        await EachAsync(added, DocumentRows.ChunksOf, DocumentRows.ChunkPrefix, (id, rows) => Index.Add(id, now[id].Title, [.. rows.Select(DocumentRows.ReadChunk)]), cancellationToken);
        if (model is not null)
        {
            HashSet<string> embedded = [.. now.Values.Where(document => document.EmbeddingModel == model && !SameVectors(document)).Select(static document => document.Id)];
            await EachAsync(embedded, VectorRows.VectorsOf, VectorRows.VectorPrefix, (id, rows) => Index.SetVectors(id, VectorsOf(rows, model)), cancellationToken);
            if (_version is null && now.Count > 0)
                await table.SubmitAsync([TableOperation.UpsertMerge(new TableRow(VectorRows.Progress, tenant))], cancellationToken: cancellationToken);
        }

        _documents = now;
    }

    private bool SameVectors(DocumentInfo document) =>
        _documents.TryGetValue(document.Id, out DocumentInfo? before) && (before.EmbeddingModel, before.Dimensions) == (document.EmbeddingModel, document.Dimensions);

    private static Dictionary<int, QuantizedVector> VectorsOf(IEnumerable<TableRow> rows, string model)
    {
        Dictionary<int, QuantizedVector> vectors = [];
        foreach (TableRow row in rows)
        {
            if (VectorRows.Read(row, model) is { } vector)
                vectors[DocumentRows.NumberOf(row)] = vector;
        }

        return vectors;
    }

    /// <summary>Reads the rows of each wanted document: document by document for a few, all that begin alike for many.</summary>
    private async Task EachAsync(
        HashSet<string> wanted, Func<string, string> prefixOf, string prefixOfAll, Action<string, IReadOnlyList<TableRow>> read, CancellationToken cancellationToken)
    {
        string[] prefixes = wanted.Count <= FewDocuments ? [.. wanted.Select(prefixOf)] : [prefixOfAll];
        string? id = null;
        List<TableRow> rows = [];
        foreach (string prefix in prefixes)
        {
            await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix(prefix), cancellationToken))
            {
                string owner = DocumentRows.DocumentOf(row);
                if (owner != id)
                    Flush(owner);
                if (wanted.Contains(owner))
                    rows.Add(row);
            }
        }

        Flush(null);

        void Flush(string? next)
        {
            if (rows.Count > 0)
                read(id!, rows);
            (id, rows) = (next, []);
        }
    }
}
