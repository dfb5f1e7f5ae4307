using System.Buffers;
using System.Collections.Frozen;

namespace HybridAgents.Core.Routing;

/// <summary>Notions that ask for hard work, found by the stems of their words in many languages: at most 64, a bit each. Allocates nothing.</summary>
internal sealed class DifficultyWords
{
    // Room for an ending: "analys" covers analysis and analysing; "design" does not cover "designation".
    private const int MaxEnding = 4;

    // Written without spaces between words.
    private const char FirstIdeograph = '\u2e80';

    // A word is compared with stems only if these many of its characters fit one.
    private const int KeyLength = 3;

    private static readonly SearchValues<char> Breaks = SearchValues.Create(" \t\r\n.,:;!?()[]{}\"'`’“”«»„/|*_=<>-–—¿¡");

    private readonly ulong[] _keys = new ulong[1 << (5 * KeyLength - 6)];
    private readonly FrozenDictionary<int, (string Stem, ulong Notion)[]> _byKey;
    private readonly SearchValues<string> _ideographs;
    private readonly (string Stem, ulong Notion)[] _ideographStems;

    /// <param name="notions">Each the stems of one notion, separated by <c>|</c>, in lower case, of three letters at least or of ideographs. The first is bit 0.</param>
    public DifficultyWords(params IReadOnlyList<string> notions)
    {
        (string Stem, ulong Notion)[] stems = [.. notions.SelectMany(static (notion, index) => notion.Split('|').Select(stem => (stem, 1ul << index)))];
        _ideographStems = [.. stems.Where(static entry => entry.Stem[0] >= FirstIdeograph)];
        _ideographs = SearchValues.Create([.. _ideographStems.Select(static entry => entry.Stem)], StringComparison.Ordinal);
        _byKey = stems.Except(_ideographStems).GroupBy(static entry => Key(entry.Stem)).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
        foreach (int key in _byKey.Keys)
            _keys[key >> 6] |= 1ul << key;
    }

    /// <summary>The notions that words of the text begin with.</summary>
    public ulong NotionsIn(ReadOnlySpan<char> text)
    {
        ulong seen = 0;
        for (int start = 0; start + KeyLength <= text.Length;)
        {
            int key = Key(text[start..]);
            if ((_keys[key >> 6] & (1ul << key)) != 0)
                seen |= NotionsAt(text[start..], _byKey[key]);
            int end = text[start..].IndexOfAny(Breaks);
            if (end < 0)
                break;
            start += end + 1;
        }

        return text.ContainsAnyInRange(FirstIdeograph, '\uffff') ? seen | IdeographsIn(text) : seen;
    }

    private static ulong NotionsAt(ReadOnlySpan<char> word, (string Stem, ulong Notion)[] stems)
    {
        ulong found = 0;
        foreach ((string stem, ulong notion) in stems)
        {
            if (word.StartsWith(stem, StringComparison.OrdinalIgnoreCase) && EndsSoon(word, stem.Length))
                found |= notion;
        }

        return found;
    }

    private static bool EndsSoon(ReadOnlySpan<char> word, int end)
    {
        for (int length = 0; length <= MaxEnding; length++)
        {
            if (end + length >= word.Length || !char.IsLetterOrDigit(word[end + length]))
                return true;
        }

        return false;
    }

    private ulong IdeographsIn(ReadOnlySpan<char> text)
    {
        ulong seen = 0;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(_ideographs) is >= 0 and int offset; from += offset + 1)
        {
            foreach ((string stem, ulong notion) in _ideographStems)
            {
                if (text[(from + offset)..].StartsWith(stem, StringComparison.Ordinal))
                    seen |= notion;
            }
        }

        return seen;
    }

    // Five bits of each of the first letters, the same for both cases.
    private static int Key(ReadOnlySpan<char> word) => ((word[0] & 31) << 10) | ((word[1] & 31) << 5) | (word[2] & 31);
}
