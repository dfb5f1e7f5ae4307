using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Makes the vectors of one document.</summary>
internal sealed class DocumentVectors(ITableStore tables, ITextEmbedder embedder, IPrivacyScanner scanner)
{
    private const int BatchSize = 32;

    private readonly ITable _table = tables.GetTable(DocumentRows.Table);

    /// <summary>Whether vectors are those that searching needs now.</summary>
    /// <param name="model">The model that made them; null for none.</param>
    /// <param name="dimensions">Their length; 0 when there was nothing to be made.</param>
    public bool IsCurrent(string? model, int dimensions) =>
        model is not null && model == embedder.Model && (dimensions == 0 || embedder.Dimensions is not { } length || length == dimensions);

    /// <summary>Makes those that are missing, and says in the document's row that it has them. Pieces that the model may not see get none.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="document">The document.</param>
    /// <param name="etag">The version of its row: if it has changed by the end, the next pass looks again.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="ChatException">The model does not answer.</exception>
    public async Task MakeAsync(string tenant, DocumentInfo document, string etag, CancellationToken cancellationToken)
    {
        string model = embedder.Model!;
        (HashSet<int> done, int dimensions) = await DoneAsync(tenant, document.Id, model, cancellationToken);
        List<(int Number, string Text)> pieces = [];
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix(DocumentRows.ChunksOf(document.Id)), cancellationToken))
        {
            if (DocumentRows.NumberOf(row) is var number && !done.Contains(number))
                pieces.Add((number, DocumentRows.ReadChunk(row).ToIndexedText(document.Title)));
        }

        foreach (IGrouping<PrivacyLabel, (int Number, string Text)> alike in pieces.GroupBy(piece => document.PrivacyLevel.RaisedTo(scanner.Scan(piece.Text))))
        {
            foreach ((int Number, string Text)[] batch in alike.Chunk(BatchSize))
            {
                if (await embedder.EmbedAsync(tenant, [.. batch.Select(static piece => piece.Text)], alike.Key, cancellationToken) is not { } made)
                    break;
                dimensions = made[0].Length;
                await _table.SubmitAsync(
                    [.. batch.Zip(made, (piece, vector) => TableOperation.Upsert(VectorRows.Write(tenant, document.Id, piece.Number, model, QuantizedVector.Of(vector.Span))))],
                    WriteDurability.Ordered, cancellationToken);
            }
        }

        TableWriteResult kept = await _table.SubmitAsync(
            [TableOperation.Replace(DocumentRows.Write(tenant, document with { EmbeddingModel = model, Dimensions = dimensions }), etag), TableOperation.Upsert(DocumentRows.Version(tenant))],
            cancellationToken: cancellationToken);
        if (kept.Failure == TableFailureReason.NotFound)
            await DocumentRows.RemoveAsync(_table, tenant, VectorRows.VectorsOf(document.Id), cancellationToken);
    }

    /// <summary>The pieces that have a vector as the model makes them now, and its length.</summary>
    private async Task<(HashSet<int> Numbers, int Dimensions)> DoneAsync(string tenant, string id, string model, CancellationToken cancellationToken)
    {
        HashSet<int> numbers = [];
        int dimensions = 0;
        await foreach (TableRow row in _table.QueryAsync(tenant, RowRange.Prefix(VectorRows.VectorsOf(id)), cancellationToken))
        {
            if (VectorRows.Read(row, model) is not { } vector || !IsCurrent(model, vector.Dimensions))
                continue;
            numbers.Add(DocumentRows.NumberOf(row));
            dimensions = vector.Dimensions;
        }

        return (numbers, dimensions);
    }
}
