using System.Buffers.Binary;
using System.Text;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>The stored form of a row's value: <c>[UTC ticks 8]</c>, then per property <c>[name][type byte][value]</c>; text as <c>[varint length][UTF-8]</c>.</summary>
internal static class RowCodec
{
    private const int MaxName = 255;

    private enum ValueType : byte
    {
        Text = 1,
        Int32 = 2,
        Int64 = 3,
        Double = 4,
        False = 5,
        True = 6,
        Moment = 7,
        Guid = 8,
        Bytes = 9,
    }

    /// <summary>Appends the value that a row has after an operation.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="ticks">When it is written, UTC.</param>
    /// <param name="row">The properties written.</param>
    /// <param name="existing">The stored value to merge into; empty for none.</param>
    public static void Append(ByteBuffer buffer, long ticks, TableRow row, ReadOnlySpan<byte> existing)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.Take(8), ticks);
        foreach ((string name, object value) in row.Properties)
            AppendProperty(buffer, name, value);
        int position = 8;
        while (position < existing.Length)
        {
            int start = position;
            string name = PropertyNames.Get(ReadBytes(existing, ref position));
            SkipValue(existing, ref position);
            if (!row.Properties.ContainsKey(name))
                existing[start..position].CopyTo(buffer.Take(position - start));
        }
    }

    /// <summary>Reads a row.</summary>
    public static TableRow Decode(string partitionKey, string rowKey, string etag, ReadOnlySpan<byte> value)
    {
        TableRow row = new(partitionKey, rowKey, Count(value)) { ETag = etag, Timestamp = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(value), TimeSpan.Zero) };
        int position = 8;
        while (position < value.Length)
        {
            string name = PropertyNames.Get(ReadBytes(value, ref position));
            row.Set(name, ReadValue(value, ref position));
        }
        return row;
    }

    private static int Count(ReadOnlySpan<byte> value)
    {
        int count = 0;
        for (int position = 8; position < value.Length; count++)
        {
            _ = ReadBytes(value, ref position);
            SkipValue(value, ref position);
        }
        return count;
    }

    private static void AppendProperty(ByteBuffer buffer, string name, object value)
    {
        if (name.Length is 0 or > MaxName)
            throw new ArgumentException($"A property's name has {name.Length} characters; 1 to {MaxName} are allowed.");
        buffer.AppendText(name);
        switch (value)
        {
            case string text:
                buffer.AppendByte((byte)ValueType.Text);
                buffer.AppendText(text);
                break;
            case int number:
                buffer.AppendByte((byte)ValueType.Int32);
                BinaryPrimitives.WriteInt32LittleEndian(buffer.Take(4), number);
                break;
            case long number:
                buffer.AppendByte((byte)ValueType.Int64);
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Take(8), number);
                break;
            case double number:
                buffer.AppendByte((byte)ValueType.Double);
                BinaryPrimitives.WriteDoubleLittleEndian(buffer.Take(8), number);
                break;
            case bool flag:
                buffer.AppendByte((byte)(flag ? ValueType.True : ValueType.False));
                break;
            case DateTimeOffset moment:
                buffer.AppendByte((byte)ValueType.Moment);
                BinaryPrimitives.WriteInt64LittleEndian(buffer.Take(8), moment.UtcTicks);
                break;
            case Guid guid:
                buffer.AppendByte((byte)ValueType.Guid);
                guid.TryWriteBytes(buffer.Take(16));
                break;
            case byte[] bytes:
                buffer.AppendByte((byte)ValueType.Bytes);
                buffer.AppendVarint((ulong)bytes.Length);
                bytes.CopyTo(buffer.Take(bytes.Length));
                break;
        }
    }

    private static string ReadText(ReadOnlySpan<byte> source, ref int position) => Encoding.UTF8.GetString(ReadBytes(source, ref position));

    private static ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> source, ref int position)
    {
        if (!Varint.TryRead(source, ref position, out ulong length))
            throw new InvalidDataException("A stored row is cut off.");
        return Next(source, ref position, checked((int)length));
    }

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> source, ref int position, int length)
    {
        ReadOnlySpan<byte> bytes = source.Slice(position, length);
        position += length;
        return bytes;
    }

    private static void SkipValue(ReadOnlySpan<byte> source, ref int position)
    {
        ValueType type = (ValueType)source[position++];
        if (type is ValueType.Text or ValueType.Bytes)
            _ = ReadBytes(source, ref position);
        else
            position += type switch
            {
                ValueType.Int32 => 4,
                ValueType.Int64 or ValueType.Double or ValueType.Moment => 8,
                ValueType.False or ValueType.True => 0,
                ValueType.Guid => 16,
                _ => throw Unknown(type),
            };
    }

    private static object ReadValue(ReadOnlySpan<byte> source, ref int position) => (ValueType)source[position++] switch
    {
        ValueType.Text => ReadText(source, ref position),
        ValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Next(source, ref position, 4)),
        ValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Next(source, ref position, 8)),
        ValueType.Double => BinaryPrimitives.ReadDoubleLittleEndian(Next(source, ref position, 8)),
        ValueType.False => false,
        ValueType.True => true,
        ValueType.Moment => new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(Next(source, ref position, 8)), TimeSpan.Zero),
        ValueType.Guid => new Guid(Next(source, ref position, 16)),
        ValueType.Bytes => ReadBytes(source, ref position).ToArray(),
        var type => throw Unknown(type),
    };

    private static InvalidDataException Unknown(ValueType type) => new($"A stored property has type {(byte)type}, which this build does not know.");
}
