using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAgents.Core.Text;

/// <summary>Up to 64 neighbouring characters of a text; questions about them are answered by a bit each, the lowest for the first.</summary>
/// <remarks>
/// Going over a text by blocks costs a few instructions for 64 characters, where a loop over characters waits for a mispredicted branch at nearly every end of a word.
/// </remarks>
internal readonly struct CharacterBlock
{
    /// <summary>Characters in a block; the last one of a text has fewer.</summary>
    public const int Size = 64;

    // A byte for each character, 128 and more for those beyond ASCII, 0 after the text's end.
    private readonly Vector512<byte> _characters;

    // Inlined, as everything that touches the vector: otherwise the block is copied through memory at each call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CharacterBlock(ReadOnlySpan<ushort> characters, int length)
    {
        Vector512<ushort> low = Vector512.Create(characters[..32]), high = Vector512.Create(characters[32..]);
        Vector512<ushort> limit = Vector512.Create((ushort)128);
        _characters = Vector512.Narrow(Vector512.Min(low, limit), Vector512.Min(high, limit));
        All = length == Size ? ulong.MaxValue : (1ul << length) - 1;
    }

    /// <summary>A bit for each character that is there.</summary>
    public ulong All { get; }

    /// <summary>ASCII letters.</summary>
    public ulong Letters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.LessThanOrEqual((_characters | Vector512.Create((byte)0x20)) - Vector512.Create((byte)'a'), Vector512.Create((byte)25)).ExtractMostSignificantBits();
    }

    /// <summary>ASCII digits.</summary>
    public ulong Digits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.LessThanOrEqual(_characters - Vector512.Create((byte)'0'), Vector512.Create((byte)9)).ExtractMostSignificantBits();
    }

    /// <summary>Characters beyond ASCII.</summary>
    public ulong Beyond => _characters.ExtractMostSignificantBits();

    /// <summary>The block of a text that begins at an index within it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterBlock At(ReadOnlySpan<char> text, int start)
    {
        ReadOnlySpan<ushort> rest = MemoryMarshal.Cast<char, ushort>(text[start..]);
        if (rest.Length >= Size)
            return new(rest[..Size], Size);
        Span<ushort> padded = stackalloc ushort[Size];
        rest.CopyTo(padded);
        return new(padded, rest.Length);
    }

    /// <summary>Letters and digits beyond ASCII and before a limit.</summary>
    /// <param name="text">The text from the block's first character on.</param>
    /// <param name="limit">The first character that does not count.</param>
    public ulong ForeignLetters(ReadOnlySpan<char> text, char limit = char.MaxValue)
    {
        ulong letters = 0;
        for (ulong beyond = Beyond; beyond != 0;)
        {
            int place = Next(ref beyond);
            if (text[place] < limit && char.IsLetterOrDigit(text[place]))
                letters |= 1ul << place;
        }

        return letters;
    }

    /// <summary>The places of an ASCII character other than NUL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(char value) => Vector512.Equals(_characters, Vector512.Create((byte)value)).ExtractMostSignificantBits();

    /// <summary>Takes the lowest bit out of a set of places.</summary>
    /// <returns>Its index.</returns>
    public static int Next(ref ulong places)
    {
        int place = BitOperations.TrailingZeroCount(places);
        places &= places - 1;
        return place;
    }
}
