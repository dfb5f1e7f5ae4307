using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Memory;

/// <summary>Finds what of the memory fits a query.</summary>
public static class Recall
{
    /// <summary>The items that share words with the query, best first, at most <paramref name="limit"/>; among equals the order of <paramref name="items"/>.</summary>
    public static IReadOnlyList<MemoryItem> Find(IReadOnlyList<MemoryItem> items, string query, int limit)
    {
        TextIndex index = new();
        for (int position = 0; position < items.Count; position++)
            index.Add(position, items[position].Text);
        return [.. index.Search(query, limit).Select(hit => items[hit.Id])];
    }
}
