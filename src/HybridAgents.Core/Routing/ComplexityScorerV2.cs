using System.Buffers;
using System.Numerics;

namespace HybridAgents.Core.Routing;

/// <summary>The default scorer: independent signs of difficulty, each of which saturates.</summary>
/// <remarks>
/// Each sign gives a strength from 0 to 1 and has a weight: demanding notions 0.85 (whole words in their forms, each notion counted once), length 0.45, several tasks at once 0.35
/// (questions, list items, "step by step"), code 0.35, mathematics 0.5. The score is 1 − Π(1 − weight × strength): every sign can only raise it, none alone decides,
/// and two demanding notions in a sentence of some length already suffice. Allocates nothing.
/// </remarks>
public sealed class ComplexityScorerV2 : IComplexityScorer
{
    // Every sign has long been saturated by then.
    private const int MaxCharacters = 8192;

    private const double CharactersPerWord = 6;

    // One notion a line, in the languages that were tried.
    private static readonly string[] Demanding =
    [
        "analys|analyz|analis|analiz|анализ|проанализ|przeanaliz|分析|분석|حلل|تحليل",
        "synthes|synthét",
        "evalu|evaluat|avali|valut|bewert|évalu|evalú|oceń|оцен|değerlendir|utvärder|评估|評価|評估|평가|وقيّم|تقييم",
        "compar|vergleich|vergelijk|confront|porówn|сравн|karşılaştır|jämför|比较|比較|비교|قارن",
        "contrast",
        "explain|expliqu|explic|erklär|verklaar|spiega|wyjaśn|объясн|açıkla|förklar|解释|説明|설명|اشرح",
        "technical",
        "detail|detall|detalh|dettagl|détaill|ausführlich|szczegół|подробн|ayrıntı|详细|詳し|자세|بالتفصيل",
        "comprehens",
        "algorithm|algoritm",
        "implement|implementat|implément",
        "architect|architekt|arquitect|arquitet",
        "design|redesign|entwirf|ontwerp|progett|diseñ|conçoi|设计|設計|설계",
        "develop|entwickl|desarroll|développ|geliştir",
        "optimi|最適|优化",
        "complex|komplex",
        "critiqu|critici",
        "prove|proof|beweis|dimostr|demuestr|démontr|докаж|udowodn|证明|証明|증명",
        "deriv|herleit|ableit|dériv|推导|導出",
        "refactor",
        "debug|deadlock",
        "thorough|gründlich",
        "nuance",
        "implication",
        "tradeoff|trade-off|abwäg",
        "strateg|stratég",
        "justif|begründ|uzasadn|обоснуй|обоснов|gerekçe",
        "hypothes|hypothès|hipótes",
        "argue|argumen",
        "assumption",
        "recommendat",
        "objection",
        "discuss|diskut|discut",
        "alternativ",
        "propos",
    ];

    private static readonly string[] Mathematical =
    [
        "integral", "derivative", "eigenvalue", "matrix|matrices", "theorem", "lemma", "probabilit", "differential",
        "subsequence", "convergent|converges", "bounded", "compact", "polynomial", "inequalit", "lagrange",
    ];

    private static readonly DifficultyWords Words = new([.. Demanding, .. Mathematical]);

    private static readonly SearchValues<string> TaskPhrases = SearchValues.Create(["step by step", "and then"], StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public double Score(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, MaxCharacters)).Trim();
        if (head.IsEmpty)
            return 0;
        (int listItems, int codeLines) = CountLines(head);
        WrittenSigns signs = WrittenSigns.In(head);
        int tasks = signs.Questions + listItems + CountAny(head, TaskPhrases);
        ulong notions = Words.NotionsIn(head);
        int demanding = BitOperations.PopCount(notions & ((1ul << Demanding.Length) - 1)), mathematical = BitOperations.PopCount(notions >> Demanding.Length);
        double rest = 1;
        rest *= 1 - 0.85 * Saturated(demanding, 0.5);
        rest *= 1 - 0.45 * Saturated(head.Length / CharactersPerWord, 0.994);
        rest *= 1 - 0.35 * Saturated(Math.Max(0, tasks - 1), 0.7);
        rest *= 1 - 0.35 * Saturated(codeLines + signs.Code, 0.6);
        rest *= 1 - 0.50 * Saturated(mathematical + signs.Mathematics, 0.6);
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
        int digits = 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
            digits++;
        char mark = digits < line.Length ? line[digits] : '\0';
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
}
