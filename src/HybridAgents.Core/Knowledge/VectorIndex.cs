namespace HybridAgents.Core.Knowledge;

/// <summary>Vectors by number, searched one by one. Not safe for concurrent use while it is changed.</summary>
internal sealed class VectorIndex
{
    private readonly Dictionary<int, QuantizedVector> _vectors = [];

    /// <summary>Sets the vector of a number.</summary>
    public void Set(int id, QuantizedVector vector) => _vectors[id] = vector;

    /// <summary>Removes vectors by number; unknown ones are ignored.</summary>
    public void Remove(IEnumerable<int> ids)
    {
        foreach (int id in ids)
            _vectors.Remove(id);
    }

    /// <summary>Those that point the same way more than not, nearest first, ties by number; at most <paramref name="take"/>.</summary>
    public IReadOnlyList<(int Id, double Similarity)> Search(QuantizedVector query, int take)
    {
        PriorityQueue<int, (double Similarity, int Last)> nearest = new(take + 1);
        foreach ((int id, QuantizedVector vector) in _vectors)
        {
            double similarity = vector.SimilarityTo(query);
            if (similarity <= 0)
                continue;
            if (nearest.Count < take)
                nearest.Enqueue(id, (similarity, -id));
            else
                nearest.EnqueueDequeue(id, (similarity, -id));
        }

        return [.. nearest.UnorderedItems.OrderByDescending(static item => item.Priority).Select(static item => (item.Element, item.Priority.Similarity))];
    }
}
