using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Records;

/// <summary>Writes the primitive parts of records: variable-length integers, and text and bytes with their length in front.</summary>
internal readonly struct RecordWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value) => Unsigned((uint)value);

    public void Unsigned(ulong value) => output.Advance(Varint.Write(output.GetSpan(Varint.MaxSize), value));

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void Time(DateTimeOffset value) => Long(value.UtcTicks);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Unsigned((uint)value.Length);
        output.Write(value);
    }

    public void Payload(Payload value) => Bytes(value.Utf8Json.Span);

    public void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Unsigned((uint)length);
        Encoding.UTF8.GetBytes(value, output.GetSpan(length));
        output.Advance(length);
    }

    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
            Text(value);
    }
}
