using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Memory;

/// <summary>How much a memory matters, by itself and for a question.</summary>
public static class MemoryRanking
{
    /// <summary>The most items of one category that an agent is told of.</summary>
    public const int MaxOfCategory = 5;

    /// <summary>What an item counts that shares no word with the question: preferences matter even then.</summary>
    private const double Unrelated = 0.1;

    private const double DaysOfHalf = 30;

    private static readonly HashSet<string> Weighty = new(StringComparer.OrdinalIgnoreCase) { "always", "never", "hate", "love", "favorite", "favourite", "important", "must", "need" };

    /// <summary>0 to 1: a hundredth for each character up to a half, and a tenth for each different weighty word (always, never, love, must, …) up to a half. Words count whole.</summary>
    public static double ImportanceOf(string text) =>
        Math.Min(text.Length / 100.0, 0.5) + Math.Min(0.1 * Words.Of(text).Where(Weighty.Contains).Distinct(StringComparer.OrdinalIgnoreCase).Count(), 0.5);

    /// <summary>The items that fit a question best: relevance × importance × recency, at most <see cref="MaxOfCategory"/> of each category, best first.</summary>
    /// <param name="items">What is remembered.</param>
    /// <param name="question">The question.</param>
    /// <param name="now">The time, UTC. An item that was made or used 30 days ago counts half of one of today.</param>
    public static IReadOnlyList<MemoryItem> Rank(IReadOnlyList<MemoryItem> items, string question, DateTimeOffset now)
    {
        TextIndex index = new();
        for (int position = 0; position < items.Count; position++)
            index.Add(position, items[position].Text);
        Dictionary<int, double> relevance = index.Search(question, items.Count).ToDictionary(static hit => hit.Id, static hit => hit.Score);
        double most = relevance.Count == 0 ? 1 : relevance.Values.Max();
        return
        [
            .. items.Select((item, position) => (Item: item, Score: Score(item, relevance.GetValueOrDefault(position) / most)))
                .OrderByDescending(static entry => entry.Score).ThenBy(static entry => entry.Item.Id, StringComparer.Ordinal)
                .GroupBy(static entry => entry.Item.Category).SelectMany(static group => group.Take(MaxOfCategory))
                .OrderByDescending(static entry => entry.Score).ThenBy(static entry => entry.Item.Id, StringComparer.Ordinal).Select(static entry => entry.Item),
        ];

        double Score(MemoryItem item, double related)
        {
            DateTimeOffset used = item.LastAccessedAt > item.CreatedAt ? item.LastAccessedAt : item.CreatedAt;
            return (Unrelated + (1 - Unrelated) * related) * item.Importance / (1 + Math.Max(0, (now - used).TotalDays) / DaysOfHalf);
        }
    }
}
