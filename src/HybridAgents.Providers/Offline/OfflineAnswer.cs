using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Offline;

/// <summary>Words the answers of the offline model.</summary>
internal static class OfflineAnswer
{
    private const int MaxQuoteLength = 200;

    private static readonly Regex IsoTime = new(
        @"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>An answer made of tool results, in the order of the calls.</summary>
    public static string FromResults(IEnumerable<(FunctionCallContent Call, string Result)> results) =>
        string.Join("\n", results.Select(pair => Sentence(pair.Call, pair.Result.Trim())));

    /// <summary>The numbers from 1 on, each a word.</summary>
    public static string Count(int to) => string.Join(' ', Enumerable.Range(1, to));

    /// <summary>What it says when it has nothing to say.</summary>
    public static string Introduction(string question) =>
        "I am offline:demo, the small demo model built into HybridAgents, so I cannot really answer this. I use tools for arithmetic, the time and "
        + "searches in the knowledge base when they are on offer, and I can count to a number. For real answers connect Ollama or OpenAI."
        + (question.Length == 0 ? "" : $" You wrote: \"{(question.Length <= MaxQuoteLength ? question : question[..MaxQuoteLength] + "…")}\"");

    private static string Sentence(FunctionCallContent call, string result) => (Property(result, "error") ?? Failure(result), call.Name) switch
    {
        ({ } error, _) => $"The tool {call.Name} failed: {error}",
        (_, OfflineIntents.Calculator) => $"{call.Arguments?["expression"]} = {Property(result, "result") ?? result}.",
        (_, OfflineIntents.Clock) => Time(result),
        (_, OfflineIntents.Search) => $"From the knowledge base:\n{result}",
        (_, OfflineAgentIntents.Parallel) => OfflineSynthesis.Of(result),
        _ => $"The tool {call.Name} answered: {result}",
    };

    private static string Time(string result) =>
        IsoTime.Match(result) is { Success: true } match
        && DateTimeOffset.TryParse(match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? string.Create(CultureInfo.InvariantCulture, $"Today is {time:dddd, d MMMM yyyy}{(match.Length > 10 ? $"; it is {time:HH:mm} (UTC{time:zzz})" : "")}.")
            : $"The clock says: {result}";

    private static string? Failure(string result) => result.StartsWith("error", StringComparison.OrdinalIgnoreCase) ? result : null;

    private static string? Property(string result, string name)
    {
        if (!result.StartsWith('{'))
            return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(result);
            return json.RootElement.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return null; // Not JSON after all: the text is shown as it is.
        }
    }
}
