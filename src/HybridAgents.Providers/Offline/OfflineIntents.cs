using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Providers.Offline;

/// <summary>A tool call that the newest user message asks for.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">A JSON object.</param>
internal readonly record struct OfflineIntent(string Tool, string Arguments);

/// <summary>Reads what a user message asks for: arithmetic, the time, a search, and what <see cref="OfflineAgentIntents"/> reads. All patterns take linear time.</summary>
internal static class OfflineIntents
{
    public const string Calculator = "calculator";
    public const string Clock = "get_time";
    public const string Search = "search_knowledge_base";

    private const int MaxQueryLength = 200;
    private const int MaxExpressions = 5;
    private const int MaxCount = 10_000;

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    private static readonly Regex Arithmetic = new(@"\(*-?\d+(?:\.\d+)?\)*(?:\s*(?:\*\*|[-+*/^%])\s*\(*-?\d+(?:\.\d+)?\)*)+", Linear);

    private static readonly Regex CalendarDate = new(@"^\d{4}-\d{1,2}-\d{1,2}$", Linear);

    private static readonly Regex TimeQuestion = new(
        @"\b(?:what|what's|which|tell|current|know)\b[^.?!\n]*\b(?:time|day|date|weekday|month|year)\b|\bthe\s+(?:time|date)\s*\?|\btoday\b", Linear);

    private static readonly Regex TimeZoneName = new(@"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+\b", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex SearchRequest = new(
        @"\b(?:search|find|look\s+up)\b\s*(?:(?:in\s+)?the\s+knowledge\s+base\s+)?(?:for\s+|about\s+)?(?<query>[^.?!\n]+)", Linear);

    private static readonly Regex CountRequest = new(@"\bcount\s+(?:up\s+)?to\s+(?<number>\d{1,6})\b", Linear);

    private static readonly (string Word, string Sign)[] Operators =
    [
        (" divided by ", " / "), (" multiplied by ", " * "), (" times ", " * "), (" plus ", " + "), (" minus ", " - "), (" x ", " * "), ("×", "*"), ("÷", "/"),
    ];

    /// <summary>The calls that the text asks for, in the order calculator, clock, search, and what agents are asked for; none twice.</summary>
    public static IReadOnlyList<OfflineIntent> Read(string text)
    {
        List<OfflineIntent> intents = [.. Expressions(text).Select(expression => new OfflineIntent(Calculator, Json("expression", expression)))];
        if (TimeQuestion.IsMatch(text))
            intents.Add(new(Clock, TimeZoneName.Match(text) is { Success: true } zone ? Json("timezone", zone.Value) : "{}"));
        if (SearchRequest.Match(text) is { Success: true } search && Bounded(search.Groups["query"].Value.Trim()) is { Length: > 0 } query)
            intents.Add(new(Search, Json("query", query)));
        return [.. intents, .. OfflineAgentIntents.Read(text)];
    }

    /// <summary>The number to count to, at most 10,000; null when the text does not ask for that.</summary>
    public static int? CountTo(string text) => CountRequest.Match(text) is { Success: true } match
        ? Math.Min(int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture), MaxCount)
        : null;

    private static IEnumerable<string> Expressions(string text)
    {
        foreach ((string word, string sign) in Operators)
            text = text.Replace(word, sign, StringComparison.OrdinalIgnoreCase);
        return Arithmetic.Matches(text).Select(match => match.Value).Where(value => !CalendarDate.IsMatch(value)).Select(Balanced).Distinct().Take(MaxExpressions);
    }

    private static string Balanced(string expression)
    {
        int surplus = expression.Count(sign => sign == '(') - expression.Count(sign => sign == ')');
        while (surplus > 0 && expression.StartsWith('('))
            (expression, surplus) = (expression[1..], surplus - 1);
        while (surplus < 0 && expression.EndsWith(')'))
            (expression, surplus) = (expression[..^1], surplus + 1);
        return expression;
    }

    private static string Bounded(string query) => query.Length <= MaxQueryLength ? query : query[..MaxQueryLength];

    private static string Json(string name, string value) => JsonSerializer.Serialize(new Dictionary<string, string> { [name] = value });
}
