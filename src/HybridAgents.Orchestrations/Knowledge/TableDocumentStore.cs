using System.Collections.Concurrent;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Uploaded documents in tables, searched in memory.</summary>
/// <remarks>
/// A document's row is written last and removed last: what a crash leaves of an upload is not seen and is completed by the same upload; what it leaves of a deletion is deleted by the same request.
/// </remarks>
internal sealed class TableDocumentStore(ITableStore tables, ITextEmbedder embedder, VectorSignal signal, TimeProvider time) : IDocumentStore
{
    private readonly ITable _table = tables.GetTable(DocumentRows.Table);
    private readonly ConcurrentDictionary<string, TenantDocuments> _tenants = new(StringComparer.Ordinal);
    private readonly QueryVectors _queries = new(embedder, time);

    public async Task<DocumentInfo?> AddAsync(string tenant, DocumentText document, PrivacyLabel label, CancellationToken cancellationToken)
    {
        TenantDocuments own = await EnterAsync(tenant, cancellationToken);
        try
        {
            string id = DocumentRows.IdOf(document);
            if (own.Documents.TryGetValue(id, out DocumentInfo? known) && known.PrivacyLevel >= label)
                return known;
            if (known is null && own.Documents.Count >= IDocumentStore.MaxDocuments)
                return null;
            IReadOnlyList<Chunk> chunks = Chunker.Split(document.Text);
            DocumentInfo info = known is null
                ? new(id, document.Title, document.Text.Length, chunks.Count, time.GetUtcNow(), label)
                : known with { PrivacyLevel = label };
            TableOperation[] pieces = known is null ? [.. chunks.Select((chunk, number) => TableOperation.Upsert(DocumentRows.Write(tenant, id, number, chunk)))] : [];
            foreach (TableOperation[] batch in pieces.Chunk(DocumentRows.BatchSize))
                await _table.SubmitAsync(batch, WriteDurability.Ordered, cancellationToken);
            await _table.SubmitAsync(
                [TableOperation.Upsert(DocumentRows.Write(tenant, info)), TableOperation.Upsert(DocumentRows.Version(tenant))], cancellationToken: cancellationToken);
            await own.RefreshAsync(force: true, cancellationToken);
            signal.Set();
            return info;
        }
        finally
        {
            own.Gate.Release();
        }
    }

    public async Task<IReadOnlyList<DocumentInfo>> ListAsync(string tenant, CancellationToken cancellationToken) =>
    [
        .. (await CurrentAsync(tenant, cancellationToken)).Documents.Values
            .OrderByDescending(static document => document.CreatedAt).ThenBy(static document => document.Id, StringComparer.Ordinal),
    ];

    public async Task<DocumentInfo?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        DocumentRows.IsId(id) && await _table.GetAsync(tenant, DocumentRows.DocumentPrefix + id, cancellationToken) is { } row ? DocumentRows.ReadDocument(row) : null;

    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, id, cancellationToken) is null)
            return false;
        TenantDocuments own = await EnterAsync(tenant, cancellationToken);
        try
        {
            await DocumentRows.RemoveAsync(_table, tenant, DocumentRows.ChunksOf(id), cancellationToken);
            await DocumentRows.RemoveAsync(_table, tenant, VectorRows.VectorsOf(id), cancellationToken);
            TableWriteResult removed = await _table.SubmitAsync(
                [TableOperation.Delete(tenant, DocumentRows.DocumentPrefix + id), TableOperation.Upsert(DocumentRows.Version(tenant))], cancellationToken: cancellationToken);
            await own.RefreshAsync(force: true, cancellationToken);
            return removed.Succeeded;
        }
        finally
        {
            own.Gate.Release();
        }
    }

    public async Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, KnowledgeQuery query, CancellationToken cancellationToken)
    {
        TenantDocuments own = await CurrentAsync(tenant, cancellationToken);
        QuantizedVector? vector = own.Documents.Count == 0 ? null : await _queries.OfAsync(tenant, query, cancellationToken);
        List<KnowledgeHit> hits = [];
        foreach (ChunkHit hit in own.Index.Search(query.Text, vector, query.Take))
        {
            // A document that goes away meanwhile is no hit.
            if (own.Documents.TryGetValue(hit.Document, out DocumentInfo? document)
                && await _table.GetAsync(tenant, DocumentRows.ChunkKey(hit.Document, hit.Number), cancellationToken) is { } row && DocumentRows.ReadChunk(row) is var chunk)
                hits.Add(new(document.Id, document.Title, chunk.PassageFor(query.Text), hit.Score, chunk.Section, chunk.Start, document.PrivacyLevel, hit.WordScore, hit.Similarity));
        }

        return hits;
    }

    public async Task<KnowledgeDocument?> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, id, cancellationToken) is not { } document)
            return null;
        List<string> texts = new(document.Chunks);
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix(DocumentRows.ChunksOf(id)), cancellationToken))
            texts.Add(DocumentRows.ReadChunk(row).Text);
        return new(id, document.Title, string.Concat(texts), document.PrivacyLevel);
    }

    private async Task<TenantDocuments> CurrentAsync(string tenant, CancellationToken cancellationToken)
    {
        TenantDocuments own = await EnterAsync(tenant, cancellationToken);
        own.Gate.Release();
        return own;
    }

    /// <summary>The tenant's documents, fresh, with their gate held.</summary>
    private async Task<TenantDocuments> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        TenantDocuments own = _tenants.GetOrAdd(tenant, name => new(_table, name, embedder.Model, time));
        await own.Gate.WaitAsync(cancellationToken);
        try
        {
            await own.RefreshAsync(force: false, cancellationToken);
            return own;
        }
        catch
        {
            own.Gate.Release();
            throw;
        }
    }
}
