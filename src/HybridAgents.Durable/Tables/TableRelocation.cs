namespace HybridAgents.Durable.Tables;

/// <summary>Moves the rows that still lie in a segment to the end of the journal. A row keeps its version, and is read where it was until the copy is on disk.</summary>
internal static class TableRelocation
{
    private const int ChunkRows = 128;
    private const long BytesAtOnce = 1 << 20;

    public static async Task RunAsync(EmbeddedTableStore store, IEnumerable<EmbeddedTable> tables, int segment, CancellationToken cancellationToken)
    {
        List<LiveRow> rows = [];
        long last = 0;
        foreach (TablePartition partition in tables.SelectMany(table => table.Partitions))
        {
            foreach (IReadOnlyList<(byte[] Key, RowSlot Slot)> chunk in partition.Chunks(ChunkRows))
            {
                long bytes = 0;
                foreach ((byte[] key, RowSlot slot) in chunk.Where(row => row.Slot.Segment == segment))
                {
                    rows.Add(new LiveRow(key, slot, store.Fetch(slot)));
                    bytes += slot.Length;
                    if (bytes < BytesAtOnce)
                        continue;
                    await store.Journal.WaitDurableAsync(Move(store, partition, segment, rows), cancellationToken);
                    bytes = 0;
                }
                last = Math.Max(last, Move(store, partition, segment, rows));
            }
        }
        await store.Journal.WaitDurableAsync(last, cancellationToken);
    }

    /// <summary>Appends the rows and forgets them; returns the record's LSN, or 0 if there was nothing left to move.</summary>
    private static long Move(EmbeddedTableStore store, TablePartition partition, int segment, List<LiveRow> rows)
    {
        lock (partition.Gate)
        {
            // Written under the lock, and only what is still so: a row deleted or overwritten before this record must not come back by its replay.
            rows.RemoveAll(row => !partition.Rows.TryGet(row.Key, out RowSlot slot) || slot.Version != row.Slot.Version || slot.Segment != segment);
            if (rows.Count == 0)
                return 0;
            ByteBuffer buffer = new(rows.Sum(row => row.Value.Length + row.Key.Length + 36));
            TableRecord.AppendHeader(buffer, partition.Table.Name, partition.Key, rows.Count);
            RowPlacement[] placements = [.. rows.Select(row => new RowPlacement(row.Key, row.Slot, TableRecord.AppendRelocated(buffer, row.Key, row.Slot, row.Value.Span)))];
            PartitionEntry entry = new(store, partition, buffer.ToArray(), placements, isRelocation: true);
            store.Journal.Append(entry);
            rows.Clear();
            return entry.Lsn;
        }
    }

    private readonly record struct LiveRow(byte[] Key, RowSlot Slot, ReadOnlyMemory<byte> Value);
}
