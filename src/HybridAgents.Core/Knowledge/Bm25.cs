namespace HybridAgents.Core.Knowledge;

/// <summary>Okapi BM25 with the usual constants: how well documents fit a query, rare words weighing more and long documents less.</summary>
internal static class Bm25
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;

    /// <summary>Scores each document that holds at least one of the words, best first; ties by id.</summary>
    public static IEnumerable<(IndexedDocument Document, double Score)> Rank(IReadOnlyCollection<IndexedDocument> documents, IReadOnlySet<string> query)
    {
        if (documents.Count == 0)
            return [];
        double averageLength = Math.Max(1, documents.Average(static document => document.Length));
        Dictionary<string, double> weights = query.ToDictionary(static word => word, word => Rarity(documents, word), StringComparer.Ordinal);
        return documents
            .Select(document => (Document: document, Score: query.Sum(word => weights[word] * Share(document, word, averageLength))))
            .Where(static entry => entry.Score > 0)
            .OrderByDescending(static entry => entry.Score)
            .ThenBy(static entry => entry.Document.Id, StringComparer.Ordinal);
    }

    private static double Rarity(IReadOnlyCollection<IndexedDocument> documents, string word)
    {
        int holding = documents.Count(document => document.Frequencies.ContainsKey(word));
        return Math.Log(1 + (documents.Count - holding + 0.5) / (holding + 0.5));
    }

    private static double Share(IndexedDocument document, string word, double averageLength)
    {
        double frequency = document.Frequencies.GetValueOrDefault(word);
        return frequency * (Saturation + 1) / (frequency + Saturation * (1 - LengthWeight + LengthWeight * document.Length / averageLength));
    }
}
