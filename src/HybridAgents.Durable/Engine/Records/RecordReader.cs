using System.Buffers.Binary;
using System.Text;
using HybridAgents.Durable.Journal;

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
        int length = 0;
        if (!Varint.TryRead(_rest, ref length, out ulong value))
            throw new InvalidDataException("An integer of a record is cut off or longer than 64 bits.");
        _rest = _rest[length..];
        return value;
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
