using System.Numerics;

namespace HybridAgents.Durable.Journal;

/// <summary>Unsigned numbers in seven-bit groups, lowest first, as in protocol buffers.</summary>
internal static class Varint
{
    /// <summary>The most bytes a number takes.</summary>
    public const int MaxSize = 10;

    /// <summary>Writes the number and returns how many bytes it took.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    /// <summary>How many bytes the number takes.</summary>
    public static int Size(ulong value) => (64 - BitOperations.LeadingZeroCount(value | 1) + 6) / 7;

    /// <summary>Reads a number at <paramref name="position"/> and moves past it; false if it is cut off or too long.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && position < source.Length; shift += 7)
        {
            byte next = source[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }
        return false;
    }
}
