using System.Buffers.Binary;
using System.Text;

namespace HybridAgents.Durable.Engine.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    /// <summary>Gets whether everything has been read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Int() => (int)Unsigned();

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("An integer of a record is longer than 64 bits.");
    }

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

    public ReadOnlySpan<byte> Bytes() => Take(Int());

    public Payload Payload() => new(Bytes().ToArray());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public string? OptionalText() => Bool() ? Text() : null;

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
            throw new InvalidDataException($"A record ends {length - _rest.Length} bytes early.");
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
