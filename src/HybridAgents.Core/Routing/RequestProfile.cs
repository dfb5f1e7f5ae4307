using System.Buffers;
using System.Collections.Frozen;

namespace HybridAgents.Core.Routing;

/// <summary>What the newest message of a conversation is for, and how much model it deserves.</summary>
/// <param name="UseCase">One of <see cref="UseCases"/>.</param>
/// <param name="Tier">The tier.</param>
/// <param name="Complex">Whether it asks for more than a small model gives.</param>
/// <remarks>Words count whole and in any case, so "classical" is no class and "history" no story. The first use case that has a word of the text is taken.</remarks>
public readonly record struct RequestProfile(string UseCase, PerformanceTier Tier, bool Complex)
{
    private const int LongText = 100;
    private const int MiddlingText = 50;
    private const int ShortText = 20;

    private static readonly (string UseCase, WordSet Words)[] Signs =
    [
        (UseCases.CodeGeneration, new("code", "codes", "coding", "coder", "program", "programs", "programming", "programmer", "function", "functions", "class", "classes",
            "algorithm", "algorithms", "sql", "query", "queries", "script", "scripts", "regex", "debug", "refactor", "python", "javascript", "typescript")),
        (UseCases.CreativeWriting, new("story", "stories", "creative", "imagine", "write", "writes", "writing", "novel", "novels", "poem", "poems", "poetry", "sketch", "lyrics", "haiku")),
        (UseCases.MathematicalReasoning, new("math", "maths", "mathematics", "mathematical", "calculate", "calculates", "calculation", "calculations", "equation", "equations",
            "solve", "solves", "solving", "formula", "formulas", "integral", "derivative")),
        (UseCases.Conversational, new("chat", "chats", "chatting", "talk", "talks", "talking", "discuss", "discussing", "discussion", "conversation", "conversations")),
    ];

    private static readonly WordSet Knowledge = new("explain", "explains", "explaining", "detail", "details", "detailed", "analysis", "analyses");
    private static readonly WordSet Demanding = new("detailed", "comprehensive");
    private static readonly WordSet Hard = new("complex", "difficult", "advanced");
    private static readonly WordSet Indicators = new(
        "complex", "detailed", "thorough", "comprehensive", "in-depth", "analyze", "analyse", "compare", "synthesize", "evaluate", "technical", "advanced", "sophisticated", "nuanced");

    /// <summary>Reads a text.</summary>
    public static RequestProfile Of(string text)
    {
        int words = WordSet.CountWords(text);
        int indicators = Indicators.CountIn(text) + (text.Contains("step by step", StringComparison.OrdinalIgnoreCase) ? 1 : 0);
        bool complex = indicators >= 2 || (words > MiddlingText && indicators >= 1) || text.AsSpan().Count('?') > 1;
        return new(UseCaseOf(text, words), TierOf(text, words), complex);
    }

    private static string UseCaseOf(string text, int words)
    {
        foreach ((string useCase, WordSet signs) in Signs)
        {
            if (signs.CountIn(text) > 0)
                return useCase;
        }

        return words > MiddlingText || Knowledge.CountIn(text) > 0 ? UseCases.KnowledgeIntensive : UseCases.Conversational;
    }

    private static PerformanceTier TierOf(string text, int words) =>
        words > LongText || Demanding.CountIn(text) > 0 ? PerformanceTier.High
        : words < ShortText && Hard.CountIn(text) == 0 ? PerformanceTier.Low
        : PerformanceTier.Medium;

    /// <summary>Whole words, in any case.</summary>
    private sealed class WordSet(params string[] words)
    {
        private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\r\n");

        private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _words =
            words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

        public static int CountWords(ReadOnlySpan<char> text)
        {
            int count = 0;
            foreach (Range part in text.SplitAny(Spaces))
                count += text[part].IsEmpty ? 0 : 1;
            return count;
        }

        /// <summary>How many different words of the set the text has.</summary>
        public int CountIn(ReadOnlySpan<char> text)
        {
            HashSet<string> found = new(StringComparer.OrdinalIgnoreCase);
            for (int start = 0, end; start < text.Length; start = end + 1)
            {
                for (end = start; end < text.Length && IsPart(text[end]); end++)
                {
                }

                if (end > start && _words.TryGetValue(text[start..end], out string? word))
                    found.Add(word);
            }

            return found.Count;
        }

        private static bool IsPart(char value) => char.IsLetterOrDigit(value) || value == '-';
    }
}
