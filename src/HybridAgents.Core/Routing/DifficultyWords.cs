using System.Buffers;
using System.Collections.Frozen;
using HybridAgents.Core.Text;

namespace HybridAgents.Core.Routing;

/// <summary>Notions that ask for hard work, found by the stems of their words in many languages: at most 64, a bit each. Allocates nothing.</summary>
internal sealed class DifficultyWords
{
    // Room for an ending: "analys" covers analysis and analysing; "design" does not cover "designation".
    private const int MaxEnding = 4;

    // From here on words are not told apart by spaces alone: Arabic joins particles to them, ideographs have none.
    private const char FirstJoined = '\u0600';

    // A word is compared with stems only if these many of its characters fit one.
    private const int KeyLength = 4;
    private const int KeyBits = 15;

    private readonly ulong[] _keys = new ulong[1 << (KeyBits - 6)];
    private readonly FrozenDictionary<int, (string Stem, ulong Notion)[]> _byKey;
    private readonly SearchValues<string> _joined;
    private readonly (string Stem, ulong Notion)[] _joinedStems;

    /// <param name="notions">Each the stems of one notion, separated by <c>|</c>, in lower case, of four letters at least or of Arabic or East Asian ones, which are found anywhere. The first is bit 0.</param>
    public DifficultyWords(params IReadOnlyList<string> notions)
    {
        (string Stem, ulong Notion)[] stems = [.. notions.SelectMany(static (notion, index) => notion.Split('|').Select(stem => (stem, 1ul << index)))];
        _joinedStems = [.. stems.Where(static entry => entry.Stem[0] >= FirstJoined)];
        _joined = SearchValues.Create([.. _joinedStems.Select(static entry => entry.Stem)], StringComparison.Ordinal);
        _byKey = stems.Except(_joinedStems).GroupBy(static entry => Key(entry.Stem)).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());
        foreach (int key in _byKey.Keys)
            _keys[key >> 6] |= 1ul << key;
    }

    /// <summary>The notions that words of the text begin with: a word is a run of letters and digits.</summary>
    public ulong NotionsIn(ReadOnlySpan<char> text)
    {
        ulong seen = 0, before = 0;
        for (int start = 0; start < text.Length; start += CharacterBlock.Size)
        {
            CharacterBlock block = CharacterBlock.At(text, start);
            ulong words = block.Letters | block.Digits | block.ForeignLetters(text[start..]);
            ulong beginnings = words & ~((words << 1) | before) & LongEnough(words);
            before = words >> (CharacterBlock.Size - 1);
            while (beginnings != 0)
                seen |= NotionsAt(text[(start + CharacterBlock.Next(ref beginnings))..]);
        }

        return text.ContainsAnyInRange(FirstJoined, '\uffff') ? seen | JoinedIn(text) : seen;
    }

    // Where a key has room, as far as the block tells.
    private static ulong LongEnough(ulong words)
    {
        ulong rest = ulong.MaxValue;
        for (int length = 1; length < KeyLength; length++)
            rest &= (words >> length) | (ulong.MaxValue << (CharacterBlock.Size - length));
        return rest;
    }

    private ulong NotionsAt(ReadOnlySpan<char> word)
    {
        int key = word.Length < KeyLength ? 0 : Key(word);
        return (_keys[key >> 6] & (1ul << key)) == 0 ? 0 : NotionsAt(word, _byKey[key]);
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

    private ulong JoinedIn(ReadOnlySpan<char> text)
    {
        ulong seen = 0;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(_joined) is >= 0 and int offset; from += offset + 1)
        {
            foreach ((string stem, ulong notion) in _joinedStems)
            {
                if (text[(from + offset)..].StartsWith(stem, StringComparison.Ordinal))
                    seen |= notion;
            }
        }

        return seen;
    }

    // Five bits of each of the first letters, the same for both cases, spread by Fibonacci hashing.
    private static int Key(ReadOnlySpan<char> word)
    {
        uint letters = (uint)(((word[0] & 31) << 15) | ((word[1] & 31) << 10) | ((word[2] & 31) << 5) | (word[3] & 31));
        return (int)((letters * 0x9E3779B9u) >> (32 - KeyBits));
    }
}
