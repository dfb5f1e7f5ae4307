using System.Buffers;
using System.Numerics;
using HybridAgents.Core.Text;

namespace HybridAgents.Core.Routing;

/// <summary>How many signs of a kind a text is written with.</summary>
/// <param name="Questions">Question marks.</param>
/// <param name="Code"><c>```</c>, <c>=></c>, <c>==</c> and <c>()</c>.</param>
/// <param name="Mathematics">Signs such as ∑ and ≤; <c>=</c> and <c>^</c> between operands only, so that <c>==</c> and <c>=></c> are code alone.</param>
internal readonly record struct WrittenSigns(int Questions, int Code, int Mathematics)
{
    private static readonly SearchValues<char> Mathematical = SearchValues.Create("∑∫√∂∇≤≥≠∞∈∀∃");

    /// <summary>Counts them.</summary>
    public static WrittenSigns In(ReadOnlySpan<char> text)
    {
        int questions = 0, code = 0, mathematics = 0;
        Pairs arrows = default, equalities = default, calls = default, ticks = default, fences = default;
        for (int start = 0; start < text.Length; start += CharacterBlock.Size)
        {
            CharacterBlock block = CharacterBlock.At(text, start);
            ulong equal = block.Of('='), tick = block.Of('`');
            questions += BitOperations.PopCount(block.Of('?'));
            code += arrows.Count(equal, block.Of('>')) + equalities.Count(equal, equal) + calls.Count(block.Of('('), block.Of(')')) + fences.Count(ticks.Places(tick, tick), tick);
            for (ulong between = equal | block.Of('^'); between != 0;)
                mathematics += IsBetweenOperands(text, start + CharacterBlock.Next(ref between)) ? 1 : 0;
            for (ulong beyond = block.Beyond; beyond != 0;)
                mathematics += Mathematical.Contains(text[start + CharacterBlock.Next(ref beyond)]) ? 1 : 0;
        }

        return new(questions, code, mathematics);
    }

    private static bool IsBetweenOperands(ReadOnlySpan<char> text, int at)
    {
        ReadOnlySpan<char> left = text[..at].TrimEnd(' '), right = text[(at + 1)..].TrimStart(' ');
        return left.Length > 0 && (char.IsLetterOrDigit(left[^1]) || left[^1] is '²' or '³' or ')')
            && right.Length > 0 && (char.IsLetterOrDigit(right[0]) || right[0] is '²' or '³' or '(' or '-');
    }

    // Counts the places where one character follows another, also over the border of blocks.
    private struct Pairs
    {
        private ulong _open;

        public ulong Places(ulong first, ulong second)
        {
            ulong places = second & ((first << 1) | _open);
            _open = first >> (CharacterBlock.Size - 1);
            return places;
        }

        public int Count(ulong first, ulong second) => BitOperations.PopCount(Places(first, second));
    }
}
