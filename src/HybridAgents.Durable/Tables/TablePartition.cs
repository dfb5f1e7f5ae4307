using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>The rows of one partition, as the latest write left them. Everything but the lock itself is used under <see cref="Gate"/>.</summary>
internal sealed class TablePartition(EmbeddedTable table, string key, LiveBytes live)
{
    private const int RowOverhead = 28; // About what a record says of a row beside its keys and its value.

    public Lock Gate { get; } = new();

    public EmbeddedTable Table { get; } = table;

    public string Key { get; } = key;

    public RowIndex Rows { get; } = new();

    /// <summary>Gets the LSN of the last deletion: who finds no row must wait for it.</summary>
    public long LastDeletion { get; private set; }

    /// <summary>Gets whether the table has dropped this partition because it was empty; look it up again.</summary>
    public bool IsRemoved { get; private set; }

    public void Put(byte[] key, in RowSlot slot)
    {
        if (Rows.TryGet(key, out RowSlot old))
            live.Add(old.Segment, -Weight(key, old));
        Rows.Set(key, slot);
        live.Add(slot.Segment, Weight(key, slot));
    }

    public void Remove(byte[] key, long lsn)
    {
        if (Rows.TryGet(key, out RowSlot old))
            live.Add(old.Segment, -Weight(key, old));
        Rows.Remove(key);
        LastDeletion = lsn;
    }

    /// <summary>Leaves the table if there is nothing here and everyone may know it.</summary>
    public void RemoveIfEmpty(long settled)
    {
        if (Rows.Count > 0 || LastDeletion > settled || IsRemoved)
            return;
        IsRemoved = true;
        Table.Drop(this);
    }

    /// <summary>All rows, some at a time, each as it is when it is reached. Called without the lock.</summary>
    public IEnumerable<IReadOnlyList<(byte[] Key, RowSlot Slot)>> Chunks(int size)
    {
        byte[] from = [];
        RowIndex.Hint hint = RowIndex.Hint.None;
        List<(byte[] Key, RowSlot Slot)> chunk = new(size);
        while (true)
        {
            bool exclusive = chunk.Count > 0;
            chunk.Clear();
            lock (Gate)
            {
                while (chunk.Count < size && Rows.TryNext(from, exclusive || chunk.Count > 0, ref hint, out byte[]? key, out RowSlot slot))
                {
                    chunk.Add((key, slot));
                    from = key;
                }
            }
            if (chunk.Count == 0)
                yield break;
            yield return chunk;
        }
    }

    private long Weight(byte[] key, in RowSlot slot) => slot.Length + key.Length + Key.Length + RowOverhead;
}
