namespace HybridAgents.Core.Knowledge;

/// <summary>A piece that fits a query.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Number">The piece's place in the document, from 0.</param>
/// <param name="Score">How well it fits; higher is better, no unit.</param>
/// <param name="WordScore">How well its words fit (BM25); null when none does.</param>
/// <param name="Similarity">How near its meaning is, up to 1; null when it is not among the nearest, or there are no vectors.</param>
public readonly record struct ChunkHit(string Document, int Number, double Score, double? WordScore, double? Similarity);

/// <summary>The words and vectors of many documents' pieces, for searching; the texts themselves are not kept. Safe for concurrent use.</summary>
public sealed class ChunkIndex
{
    private const int MaxOfADocument = 3;
    private const int MaxFused = 200;

    private readonly Lock _gate = new();
    private readonly TextIndex _texts = new();
    private readonly VectorIndex _vectors = new();
    private readonly Dictionary<int, (string Document, int Number)> _chunks = [];
    private readonly Dictionary<string, HashSet<int>> _documents = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Adds a document; one that is there already stays as it is.</summary>
    public void Add(string document, string title, IReadOnlyList<Chunk> chunks)
    {
        lock (_gate)
        {
            HashSet<int> ids = [];
            if (!_documents.TryAdd(document, ids))
                return;
            for (int number = 0; number < chunks.Count; number++)
            {
                int id = _next++;
                ids.Add(id);
                _chunks.Add(id, (document, number));
                _texts.Add(id, chunks[number].ToIndexedText(title));
            }
        }
    }

    /// <summary>Sets the vectors of a document's pieces by their number, and takes away those of its other pieces; nothing for a document that is not there.</summary>
    public void SetVectors(string document, IReadOnlyDictionary<int, QuantizedVector> vectors)
    {
        lock (_gate)
        {
            if (!_documents.TryGetValue(document, out HashSet<int>? ids))
                return;
            _vectors.Remove(ids);
            foreach (int id in ids)
            {
                if (vectors.TryGetValue(_chunks[id].Number, out QuantizedVector? vector))
                    _vectors.Set(id, vector);
            }
        }
    }

    /// <summary>Removes a document, if it is there.</summary>
    public void Remove(string document)
    {
        lock (_gate)
        {
            if (!_documents.Remove(document, out HashSet<int>? ids))
                return;
            _texts.Remove(ids);
            _vectors.Remove(ids);
            foreach (int id in ids)
                _chunks.Remove(id);
        }
    }

    /// <summary>The pieces that fit best, best first, at most three of a document.</summary>
    /// <param name="query">The words: a piece that holds one fits.</param>
    /// <param name="vector">The meaning: the nearest pieces fit too, and ranks of both decide. Null: words only, and their score.</param>
    /// <param name="take">How many at most.</param>
    public IReadOnlyList<ChunkHit> Search(string query, QuantizedVector? vector, int take)
    {
        lock (_gate)
        {
            List<ChunkHit> hits = [];
            Dictionary<string, int> taken = new(StringComparer.Ordinal);
            foreach ((int id, double score, double? wordScore, double? similarity) in vector is null ? ByWords(query) : ByBoth(query, vector))
            {
                if (hits.Count == take)
                    break;
                (string document, int number) = _chunks[id];
                int before = taken.GetValueOrDefault(document);
                if (before == MaxOfADocument)
                    continue;
                taken[document] = before + 1;
                hits.Add(new(document, number, score, wordScore, similarity));
            }

            return hits;
        }
    }

    private IEnumerable<(int Id, double Score, double? WordScore, double? Similarity)> ByWords(string query) =>
        _texts.Search(query, int.MaxValue).Select(static hit => (hit.Id, hit.Score, (double?)hit.Score, (double?)null));

    private IEnumerable<(int Id, double Score, double? WordScore, double? Similarity)> ByBoth(string query, QuantizedVector vector)
    {
        Dictionary<int, (double Score, double? WordScore, double? Similarity)> fused = [];
        int rank = 0;
        foreach ((int id, double score) in _texts.Search(query, MaxFused))
            fused[id] = (RankFusion.ShareOf(++rank), score, null);
        rank = 0;
        foreach ((int id, double similarity) in _vectors.Search(vector, MaxFused))
        {
            (double score, double? wordScore, _) = fused.GetValueOrDefault(id);
            fused[id] = (score + RankFusion.ShareOf(++rank), wordScore, similarity);
        }

        return fused.OrderByDescending(static hit => hit.Value.Score).ThenBy(static hit => hit.Key)
            .Select(static hit => (hit.Key, hit.Value.Score, hit.Value.WordScore, hit.Value.Similarity));
    }
}
