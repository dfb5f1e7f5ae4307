using System.Buffers;

namespace HybridAgents.Durable.Tables;

/// <summary>The tables' part of a checkpoint: blocks of <c>[table][partition key][count]</c> and per row <c>[key][version][ordinal][segment][offset][length]</c>.</summary>
internal static class TableCheckpoint
{
    private const int BlockRows = 256;

    /// <summary>Writes all rows whose values are on disk. The others are in records that will be replayed.</summary>
    public static void Write(IBufferWriter<byte> writer, IEnumerable<EmbeddedTable> tables)
    {
        ByteBuffer block = new(64 << 10);
        foreach (TablePartition partition in tables.SelectMany(table => table.Partitions))
        {
            foreach (IReadOnlyList<(byte[] Key, RowSlot Slot)> rows in partition.Chunks(BlockRows))
            {
                block.Clear();
                TableRecord.AppendHeader(block, partition.Table.Name, partition.Key, rows.Count(row => row.Slot.Segment > 0));
                foreach ((byte[] key, RowSlot slot) in rows.Where(row => row.Slot.Segment > 0))
                {
                    block.AppendBytes(key);
                    block.AppendVarint((ulong)slot.Version);
                    block.AppendVarint((ulong)slot.Ordinal);
                    block.AppendVarint((ulong)slot.Segment);
                    block.AppendVarint((ulong)slot.Offset);
                    block.AppendVarint((ulong)slot.Length);
                }
                writer.Write(block.Written);
            }
        }
    }

    public static void Read(ReadOnlySpan<byte> checkpoint, Func<string, EmbeddedTable> table)
    {
        TableRecord.Reader reader = new(checkpoint);
        while (!reader.AtEnd)
        {
            TablePartition partition = table(reader.Text()).GetOrAdd(OrdinalKey.Decode(reader.Bytes()));
            lock (partition.Gate)
            {
                for (int count = (int)reader.Number(); count > 0; count--)
                {
                    byte[] key = reader.Bytes().ToArray();
                    (long version, int ordinal) = ((long)reader.Number(), (int)reader.Number());
                    partition.Put(key, new RowSlot(version, (int)reader.Number(), (int)reader.Number(), (int)reader.Number(), ordinal));
                }
            }
        }
    }
}
