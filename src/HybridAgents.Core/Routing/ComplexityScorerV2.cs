using System.Numerics;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Routing;

/// <summary>The default scorer: independent signs of difficulty, each of which saturates.</summary>
/// <remarks>
/// Each sign gives a strength from 0 to 1 and has a weight: demanding words 0.8 (whole words in their forms, each counted once), length 0.45 (in words), several tasks at once 0.35
/// (questions, list items, "step by step"), code 0.35, mathematics 0.4. The score is 1 − Π(1 − weight × strength): every sign can only raise it, none alone decides,
/// and two demanding words in one sentence already count.
/// </remarks>
public sealed class ComplexityScorerV2 : IComplexityScorer
{
    // Every sign has long been saturated by then.
    private const int MaxCharacters = 8192;

    private static readonly string[] DemandingStems =
    [
        "analys", "analyz", "synthes", "evaluat", "compar", "contrast", "explain", "technical", "detail", "comprehens", "algorithm", "implement", "architect", "design",
        "optimi", "complex", "critiqu", "prove", "deriv", "refactor", "debug", "thorough", "nuance", "implication", "tradeoff", "strateg",
    ];

    private static readonly Regex Word = LinearRegex.Create(@"\w+");
    private static readonly Regex Tasks = LinearRegex.Create(@"(?im)\?|^[ \t]{0,8}(?:[-*•]|[0-9]{1,3}[.)])[ \t]|\bstep by step\b|\band then\b");
    private static readonly Regex Code = LinearRegex.Create(@"(?m)```|[{};][ \t\r]*$|=>|==|\(\)|^\s*(?:def|class|public|private|void|return|import|using|SELECT|#include)\s|\bat \w+\.\w+\(");
    private static readonly Regex Mathematics = LinearRegex.Create(
        @"(?i)[∑∫√∂∇≤≥≠∞∈∀∃]|\b(?:integrals?|derivatives?|eigenvalues?|matrix|matrices|theorem|lemma|probability|differential)\b|[a-z0-9)²³]\s?[=^]\s?[a-z0-9(-]");

    /// <inheritdoc/>
    public double Score(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, MaxCharacters));
        (int words, int demanding) = CountWords(head);
        if (words == 0)
            return 0;
        double rest = 1;
        rest *= 1 - 0.80 * Saturated(demanding, 0.6);
        rest *= 1 - 0.45 * Saturated(words, 0.994);
        rest *= 1 - 0.35 * Saturated(Math.Max(0, Tasks.Count(head) - 1), 0.7);
        rest *= 1 - 0.35 * Saturated(Code.Count(head), 0.6);
        rest *= 1 - 0.40 * Saturated(Mathematics.Count(head), 0.7);
        return 1 - rest;
    }

    // 0 for none, then ever closer to 1, each further one filling the same share of what is left.
    private static double Saturated(int count, double left) => 1 - Math.Pow(left, count);

    private static (int Words, int Demanding) CountWords(ReadOnlySpan<char> text)
    {
        int words = 0;
        uint seen = 0;
        foreach (ValueMatch word in Word.EnumerateMatches(text))
        {
            words++;
            for (int index = 0; index < DemandingStems.Length; index++)
            {
                if (IsFormOf(text.Slice(word.Index, word.Length), DemandingStems[index]))
                    seen |= 1u << index;
            }
        }

        return (words, BitOperations.PopCount(seen));
    }

    // A form is the stem with a short ending: "analys" covers analyse, analysis and analysing; "design" does not cover "designation".
    private static bool IsFormOf(ReadOnlySpan<char> word, string stem) =>
        word.Length <= stem.Length + 4 && word.StartsWith(stem, StringComparison.OrdinalIgnoreCase);
}
