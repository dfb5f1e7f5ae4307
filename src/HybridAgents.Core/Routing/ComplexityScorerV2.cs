using System.Buffers;
using System.Numerics;

namespace HybridAgents.Core.Routing;

/// <summary>The default scorer: independent signs of difficulty, each of which saturates.</summary>
/// <remarks>
/// Each sign gives a strength from 0 to 1 and has a weight: demanding words 0.8 (whole words in their forms, each counted once), length 0.45 (in words), several tasks at once 0.35
/// (questions, list items, "step by step"), code 0.35, mathematics 0.4. The score is 1 − Π(1 − weight × strength): every sign can only raise it, none alone decides,
/// and two demanding words in one sentence already count. Allocates nothing.
/// </remarks>
public sealed class ComplexityScorerV2 : IComplexityScorer
{
    // Every sign has long been saturated by then.
    private const int MaxCharacters = 8192;

    // At most 32 of them: one bit each. A word is compared only with those of its first letter.
    private static readonly string[] DemandingStems =
    [
        "analys", "analyz", "synthes", "evaluat", "compar", "contrast", "explain", "technical", "detail", "comprehens", "algorithm", "implement", "architect", "design",
        "optimi", "complex", "critiqu", "prove", "deriv", "refactor", "debug", "thorough", "nuance", "implication", "tradeoff", "strateg",
    ];

    private static readonly string[] MathematicalStems = ["integral", "derivative", "eigenvalue", "matrix", "matrices", "theorem", "lemma", "probabilit", "differential"];

    private static readonly string[] TaskPhrases = ["step by step", "and then"];

    private static readonly string[] CodeSigns = ["```", "=>", "==", "()"];

    private static readonly SearchValues<char> MathematicalSigns = SearchValues.Create("=^∑∫√∂∇≤≥≠∞∈∀∃");

    /// <inheritdoc/>
    public double Score(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, MaxCharacters));
        (int words, int demanding, int mathematical) = CountWords(head);
        if (words == 0)
            return 0;
        (int listItems, int codeLines) = CountLines(head);
        int tasks = head.Count('?') + listItems + CountAny(head, TaskPhrases);
        int code = codeLines + CountAny(head, CodeSigns);
        double rest = 1;
        rest *= 1 - 0.80 * Saturated(demanding, 0.6);
        rest *= 1 - 0.45 * Saturated(words, 0.994);
        rest *= 1 - 0.35 * Saturated(Math.Max(0, tasks - 1), 0.7);
        rest *= 1 - 0.35 * Saturated(code, 0.6);
        rest *= 1 - 0.40 * Saturated(mathematical + CountMathematicalSigns(head), 0.7);
        return 1 - rest;
    }

    // 0 for none, then ever closer to 1, each further one filling the same share of what is left.
    private static double Saturated(int count, double left) => count == 0 ? 0 : 1 - Math.Pow(left, count);

    private static (int Words, int Demanding, int Mathematical) CountWords(ReadOnlySpan<char> text)
    {
        int words = 0, mathematical = 0;
        uint seen = 0;
        for (int start = 0, end; start < text.Length; start = end + 1)
        {
            for (end = start; end < text.Length && char.IsLetterOrDigit(text[end]); end++)
            {
            }

            if (end == start)
                continue;
            ReadOnlySpan<char> word = text[start..end];
            words++;
            int index = IndexOfStem(word, DemandingStems);
            if (index >= 0)
                seen |= 1u << index;
            if (IndexOfStem(word, MathematicalStems) >= 0)
                mathematical++;
        }

        return (words, BitOperations.PopCount(seen), mathematical);
    }

    // A form is the stem with a short ending: "analys" covers analyse, analysis and analysing; "design" does not cover "designation".
    private static int IndexOfStem(ReadOnlySpan<char> word, string[] stems)
    {
        char first = char.ToLowerInvariant(word[0]);
        for (int index = 0; index < stems.Length; index++)
        {
            string stem = stems[index];
            if (stem[0] == first && word.Length <= stem.Length + 4 && word.StartsWith(stem, StringComparison.OrdinalIgnoreCase))
                return index;
        }

        return -1;
    }

    private static (int ListItems, int CodeLines) CountLines(ReadOnlySpan<char> text)
    {
        int listItems = 0, codeLines = 0;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.Length == 0)
                continue;
            if (IsListItem(trimmed))
                listItems++;
            else if (trimmed[^1] is ';' or '{' or '}')
                codeLines++;
        }

        return (listItems, codeLines);
    }

    // "- x", "* x", "• x", "1. x" or "1) x".
    private static bool IsListItem(ReadOnlySpan<char> line)
    {
        int digits = line.IndexOfAnyExceptInRange('0', '9');
        char mark = digits < 0 ? '\0' : line[digits];
        bool marked = digits == 0 ? mark is '-' or '*' or '•' : digits is 1 or 2 && mark is '.' or ')';
        return marked && digits + 1 < line.Length && line[digits + 1] == ' ';
    }

    private static int CountAny(ReadOnlySpan<char> text, string[] phrases)
    {
        int count = 0;
        foreach (string phrase in phrases)
        {
            for (ReadOnlySpan<char> rest = text; rest.IndexOf(phrase, StringComparison.OrdinalIgnoreCase) is >= 0 and int index; rest = rest[(index + phrase.Length)..])
                count++;
        }

        return count;
    }

    // Every sign but "=" and "^" counts alone; those two count between operands, so that "==" and "=>" are code only.
    private static int CountMathematicalSigns(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(MathematicalSigns) is >= 0 and int offset; from += offset + 1)
        {
            int at = from + offset;
            if (text[at] is not ('=' or '^') || (IsOperand(text[..at].TrimEnd(' '), last: true) && IsOperand(text[(at + 1)..].TrimStart(' '), last: false)))
                count++;
        }

        return count;
    }

    private static bool IsOperand(ReadOnlySpan<char> side, bool last) =>
        side.Length > 0 && ((last ? side[^1] : side[0]) is var value) && (char.IsLetterOrDigit(value) || value is '²' or '³' || (last ? value == ')' : value is '(' or '-'));
}
