using System.Text;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>
/// A batch as a record of the journal: <c>[table][partition key][count]</c>, then per row <c>[key][version][ordinal, if the version is not 0][length + 1][value][seal]</c>. Version
/// 0 is the record's own LSN, any other a relocated row's; length + 1 = 0 is a deletion, without value and seal.
/// </summary>
internal static class TableRecord
{
    public static void AppendHeader(ByteBuffer buffer, string table, string partitionKey, int count)
    {
        buffer.AppendText(table);
        buffer.AppendBytes(OrdinalKey.Encode(partitionKey));
        buffer.AppendVarint((ulong)count);
    }

    public static void AppendDeletion(ByteBuffer buffer, byte[] key)
    {
        buffer.AppendBytes(key);
        buffer.AppendVarint(0);
        buffer.AppendVarint(0);
    }

    /// <summary>Appends a row as written by this record; returns the offset of its value.</summary>
    public static int AppendRow(ByteBuffer buffer, byte[] key, ReadOnlySpan<byte> value)
    {
        buffer.AppendBytes(key);
        buffer.AppendVarint(0);
        return AppendValue(buffer, value);
    }

    /// <summary>Appends a row as an earlier record wrote it; returns the offset of its value.</summary>
    public static int AppendRelocated(ByteBuffer buffer, byte[] key, in RowSlot slot, ReadOnlySpan<byte> value)
    {
        buffer.AppendBytes(key);
        buffer.AppendVarint((ulong)slot.Version);
        buffer.AppendVarint((ulong)slot.Ordinal);
        return AppendValue(buffer, value);
    }

    private static int AppendValue(ByteBuffer buffer, ReadOnlySpan<byte> value)
    {
        buffer.AppendVarint((ulong)value.Length + 1);
        Span<byte> target = buffer.Take(value.Length + Crc32C.SealSize);
        value.CopyTo(target);
        Crc32C.Seal(target);
        return buffer.Length - target.Length;
    }

    /// <summary>Reads numbers, texts and keys one after the other.</summary>
    internal ref struct Reader(ReadOnlySpan<byte> source)
    {
        private readonly ReadOnlySpan<byte> _source = source;
        private int _position;

        public readonly int Position => _position;

        public readonly bool AtEnd => _position >= _source.Length;

        public ulong Number() => Varint.TryRead(_source, ref _position, out ulong value) ? value : throw new InvalidDataException("A table record is cut off.");

        public string Text() => Encoding.UTF8.GetString(Bytes());

        public ReadOnlySpan<byte> Bytes() => Skip(checked((int)Number()));

        /// <summary>Reads what follows a row's key, from its version to its seal; empty for a deletion.</summary>
        public ReadOnlySpan<byte> Value(out bool isDeletion)
        {
            if (Number() != 0)
                Number();
            int length = checked((int)Number()) - 1;
            isDeletion = length < 0;
            return isDeletion ? default : Skip(length + Crc32C.SealSize)[..^Crc32C.SealSize];
        }

        public ReadOnlySpan<byte> Skip(int length)
        {
            ReadOnlySpan<byte> bytes = _source.Slice(_position, length);
            _position += length;
            return bytes;
        }
    }
}
