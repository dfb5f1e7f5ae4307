namespace HybridAgents.Core.Knowledge;

/// <summary>A piece that fits a query.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Number">The piece's place in the document, from 0.</param>
/// <param name="Score">How well it fits; higher is better, no unit.</param>
public readonly record struct ChunkHit(string Document, int Number, double Score);

/// <summary>The words of many documents' pieces, for searching; the texts themselves are not kept. Safe for concurrent use.</summary>
public sealed class ChunkIndex
{
    private const int MaxOfADocument = 3;

    private readonly Lock _gate = new();
    private readonly TextIndex _texts = new();
    private readonly Dictionary<int, (string Document, int Number)> _chunks = [];
    private readonly Dictionary<string, HashSet<int>> _documents = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Adds a document; one that is there already stays as it is. A piece is found by its own words, its section's and the title's.</summary>
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
                _texts.Add(id, $"{title}\n{chunks[number].Section}\n{chunks[number].Text}");
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
            foreach (int id in ids)
                _chunks.Remove(id);
        }
    }

    /// <summary>The pieces that hold a word of the query, best first, at most three of a document.</summary>
    public IReadOnlyList<ChunkHit> Search(string query, int take)
    {
        lock (_gate)
        {
            List<ChunkHit> hits = [];
            Dictionary<string, int> taken = new(StringComparer.Ordinal);
            foreach ((int id, double score) in _texts.Search(query, int.MaxValue))
            {
                if (hits.Count == take)
                    break;
                (string document, int number) = _chunks[id];
                int before = taken.GetValueOrDefault(document);
                if (before == MaxOfADocument)
                    continue;
                taken[document] = before + 1;
                hits.Add(new(document, number, score));
            }

            return hits;
        }
    }
}
