using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Providers.Offline;

/// <summary>Reads what a user message asks of agents: tasks, memory, the state of the conversation, and work for others. All patterns take linear time.</summary>
internal static class OfflineAgentIntents
{
    public const string Parallel = "parallel_processing";

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    private const int MaxTopicWords = 6;

    private static readonly (string Tool, Regex Pattern, Func<Match, object> Arguments)[] Signs =
    [
        ("create_task", new(@"\b(?:add|create|make)\s+(?:a\s+|the\s+)?(?:new\s+)?task\b(?:\s+to\b|\s*:)?\s*(?<text>[^.?!\n]+)", Linear), static match => new { title = Text(match) }),
        ("list_tasks", new(@"\b(?:list|show)\b[^.?!\n]*\btasks?\b|\bwhat\b[^.?!\n]*\btasks\b", Linear), static _ => new { }),
        ("update_task", new(@"\b(?:complete|finish|close)\s+(?:the\s+)?(?:task\s+)?(?<text>task_[0-9a-f]{16})", Linear), static match => new { task_id = Text(match), status = "completed" }),
        ("delete_task", new(@"\b(?:delete|remove)\s+(?:the\s+)?(?:task\s+)?(?<text>task_[0-9a-f]{16})", Linear), static match => new { task_id = Text(match) }),
        ("remember", new(@"\bremember\s+that\s+(?<text>[^.?!\n]+)", Linear), static match => new { text = Text(match) }),
        ("recall", new(@"\b(?:recall|do\s+you\s+(?:know|remember))\s+(?:what\s+|that\s+)?(?<text>[^.?!\n]+)", Linear), static match => new { query = Text(match) }),
        (Parallel, new(@"\bask\s+(?<names>[a-z0-9_-]+(?:(?:,\s*|\s+and\s+)[a-z0-9_-]+)+)\s+to\s+(?<text>[^\n]+)", Linear), static match => new { task = Text(match), subsystems = Names(match) }),
        ("route_to_subsystem", new(@"\bask\s+(?:the\s+)?(?<names>[a-z0-9_-]+)\s+to\s+(?<text>[^\n]+)", Linear), static match => new { subsystem = Names(match)[0], task = Text(match) }),
    ];

    private static readonly Regex Farewell = new(@"\b(?:thanks|thank\s+you|bye|goodbye|that\s+is\s+all)\b", Linear);

    private static readonly Regex Liking = new(@"\bi\s+(?:like|love|prefer)\s+(?<text>[^.?!,\n]+)", Linear);

    /// <summary>The calls that the text asks for, in a fixed order; none twice.</summary>
    public static IEnumerable<OfflineIntent> Read(string text)
    {
        foreach ((string tool, Regex pattern, Func<Match, object> arguments) in Signs)
        {
            if (pattern.Match(text) is { Success: true } match)
                yield return new(tool, JsonSerializer.Serialize(arguments(match)));
        }

        yield return new("update_conversation_state", JsonSerializer.Serialize(Analyse(text)));
    }

    private static Dictionary<string, object> Analyse(string text)
    {
        bool ends = Farewell.IsMatch(text), asks = text.Contains('?', StringComparison.Ordinal);
        Dictionary<string, object> analysis = new() { ["conversation_stage"] = ends ? "concluding" : asks ? "exploring" : "focusing" };
        if (ends)
            analysis["satisfaction_estimate"] = 0.9;
        else
            analysis["current_topic"] = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MaxTopicWords)).TrimEnd('.', '?', '!', ',');
        if (Liking.Match(text) is { Success: true } liking)
            analysis["detected_preferences"] = new { likes = Text(liking) };
        return analysis;
    }

    private static string Text(Match match) => match.Groups["text"].Value.Trim() is var text && text.Length <= 200 ? text : text[..200];

    private static string[] Names(Match match) => match.Groups["names"].Value.Replace(" and ", ",", StringComparison.OrdinalIgnoreCase).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
