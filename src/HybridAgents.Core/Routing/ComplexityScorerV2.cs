using System.Buffers;

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

    private const double CharactersPerWord = 6;

    private static readonly DifficultyWords Demanding = new(
        "analys", "analyz", "synthes", "evaluat", "compar", "contrast", "explain", "technical", "detail", "comprehens", "algorithm", "implement", "architect", "design",
        "optimi", "complex", "critiqu", "prove", "deriv", "refactor", "debug", "thorough", "nuance", "implication", "tradeoff", "strateg");

    private static readonly DifficultyWords Mathematical = new("integral", "derivative", "eigenvalue", "matrix", "matrices", "theorem", "lemma", "probabilit", "differential");

    private static readonly SearchValues<string> TaskPhrases = SearchValues.Create(["step by step", "and then"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> CodeSigns = SearchValues.Create(["```", "=>", "==", "()"], StringComparison.Ordinal);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    private static readonly SearchValues<char> MathematicalSigns = SearchValues.Create("=^∑∫√∂∇≤≥≠∞∈∀∃");

    /// <inheritdoc/>
    public double Score(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, MaxCharacters)).Trim();
        if (head.IsEmpty)
            return 0;
        (int listItems, int codeLines) = CountLines(head);
        int tasks = head.Count('?') + listItems + CountAny(head, TaskPhrases);
        double rest = 1;
        rest *= 1 - 0.80 * Saturated(Demanding.CountIn(head), 0.6);
        rest *= 1 - 0.45 * Saturated(head.Length / CharactersPerWord, 0.994);
        rest *= 1 - 0.35 * Saturated(Math.Max(0, tasks - 1), 0.7);
        rest *= 1 - 0.35 * Saturated(codeLines + CountAny(head, CodeSigns), 0.6);
        rest *= 1 - 0.40 * Saturated(Mathematical.CountIn(head) + CountMathematicalSigns(head), 0.7);
        return 1 - rest;
    }

    // 0 for none, then ever closer to 1, each further one filling the same share of what is left.
    private static double Saturated(double count, double left) => count == 0 ? 0 : 1 - Math.Pow(left, count);

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
        int digits = line.IndexOfAnyExcept(Digits);
        char mark = digits < 0 ? '\0' : line[digits];
        bool marked = digits == 0 ? mark is '-' or '*' or '•' : digits is 1 or 2 && mark is '.' or ')';
        return marked && digits + 1 < line.Length && line[digits + 1] == ' ';
    }

    private static int CountAny(ReadOnlySpan<char> text, SearchValues<string> phrases)
    {
        int count = 0;
        for (int from = 0; from < text.Length && text[from..].IndexOfAny(phrases) is >= 0 and int offset; from += offset + 1)
            count++;
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
