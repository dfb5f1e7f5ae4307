namespace HybridAgents.Core.Routing;

/// <summary>The first scorer, kept exactly as it was: length 0.3, terms 0.4, length of sentences 0.3.</summary>
/// <remarks>
/// Characters are Unicode code points; terms are searched as parts of the lower-cased text, so that "designer" counts as "design"; a sentence ends at a full stop and nowhere
/// else; words are split at white space as Python understands it, which adds the four separators U+001C to U+001F to the .NET ones.
/// </remarks>
public sealed class ComplexityScorerV1 : IComplexityScorer
{
    private static readonly string[] Terms =
    [
        "analyze", "synthesize", "evaluate", "compare", "contrast", "explain", "technical", "detailed", "comprehensive", "algorithm", "implementation", "architecture",
        "design", "optimize", "complex",
    ];

    /// <inheritdoc/>
    public double Score(string text)
    {
        string lower = text.ToLowerInvariant();
        int codePoints = text.Length - CountPairs(text);
        int hits = Terms.Count(term => lower.Contains(term, StringComparison.Ordinal));
        return Math.Min(codePoints / 1000.0, 1) * 0.3 + Math.Min(hits / 10.0, 1) * 0.4 + Math.Min(WordsPerSentence(text) / 25, 1) * 0.3;
    }

    private static double WordsPerSentence(string text)
    {
        int sentences = 0, words = 0;
        bool inWord = false, inSentence = false;
        foreach (char value in text)
        {
            if (value == '.')
            {
                inWord = inSentence = false;
                continue;
            }

            bool space = char.IsWhiteSpace(value) || value is >= '\x1c' and <= '\x1f';
            if (!space && !inWord)
                words++;
            if (!space && !inSentence)
                sentences++;
            inWord = !space;
            inSentence |= !space;
        }

        return sentences == 0 ? 0 : (double)words / sentences;
    }

    private static int CountPairs(string text)
    {
        int pairs = 0;
        for (int index = 1; index < text.Length; index++)
        {
            if (char.IsSurrogatePair(text[index - 1], text[index]))
                pairs++;
        }

        return pairs;
    }
}
