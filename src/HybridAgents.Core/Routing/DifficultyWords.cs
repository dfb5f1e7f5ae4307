using System.Buffers;
using System.Numerics;

namespace HybridAgents.Core.Routing;

/// <summary>Words that ask for hard work, found by their stems: at most 64, counted once each. Allocates nothing.</summary>
internal sealed class DifficultyWords
{
    // Room for an ending: "analys" covers analysis and analysing; "design" does not cover "designation".
    private const int MaxEnding = 4;

    private readonly string[] _stems;
    private readonly SearchValues<string> _any;

    public DifficultyWords(params string[] stems)
    {
        _stems = stems;
        _any = SearchValues.Create(stems, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How many different stems begin a word of the text.</summary>
    public int CountIn(ReadOnlySpan<char> text)
    {
        ulong seen = 0;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(_any) is >= 0 and int offset; from += offset + 1)
            seen |= StemsAt(text, from + offset);
        return BitOperations.PopCount(seen);
    }

    private ulong StemsAt(ReadOnlySpan<char> text, int start)
    {
        if (start > 0 && char.IsLetterOrDigit(text[start - 1]) && !IsIdeograph(text[start]))
            return 0;
        ulong found = 0;
        for (int index = 0; index < _stems.Length; index++)
        {
            if (text[start..].StartsWith(_stems[index], StringComparison.OrdinalIgnoreCase) && EndsSoon(text, start + _stems[index].Length))
                found |= 1ul << index;
        }

        return found;
    }

    private static bool EndsSoon(ReadOnlySpan<char> text, int end)
    {
        for (int length = 0; length <= MaxEnding; length++)
        {
            if (end + length >= text.Length || !char.IsLetterOrDigit(text[end + length]) || IsIdeograph(text[end + length]))
                return true;
        }

        return false;
    }

    // Written without spaces between words.
    private static bool IsIdeograph(char value) => value >= '\u2e80';
}
