using System.Text;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>Bytes that grow at the end.</summary>
internal sealed class ByteBuffer(int capacity = 1024)
{
    private const int KeptBytes = 64 << 10;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Adds that many bytes and returns them to be filled.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void AppendByte(byte value) => Take(1)[0] = value;

    public void AppendVarint(ulong value) => Varint.Write(Take(Varint.Size(value)), value);

    /// <summary>Appends the length, then the bytes.</summary>
    public void AppendBytes(ReadOnlySpan<byte> bytes)
    {
        AppendVarint((ulong)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>Appends the length, then the text as UTF-8.</summary>
    public void AppendText(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        AppendVarint((ulong)length);
        Encoding.UTF8.GetBytes(text, Take(length));
    }

    /// <summary>Forgets the content, keeping the space unless it is large.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
            _bytes = new byte[KeptBytes];
    }

    public byte[] ToArray() => Written.ToArray();
}
