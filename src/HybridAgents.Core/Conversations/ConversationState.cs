using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Core.Conversations;

/// <summary>How far a conversation has come.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ConversationStage>))]
public enum ConversationStage
{
    /// <summary>What is wanted is not clear yet.</summary>
    Opening,

    /// <summary>Possibilities are looked at.</summary>
    Exploring,

    /// <summary>One subject is worked on.</summary>
    Focusing,

    /// <summary>It comes to its end.</summary>
    Concluding,
}

/// <summary>What is understood of a conversation, as its agent analyses it. Immutable.</summary>
public sealed record ConversationState
{
    private const int MaxTopics = 20;
    private const int MaxQuestions = 20;
    private const int MaxPreferences = 50;
    private const int MaxText = 200;

    /// <summary>Gets what it is about; null while that is open.</summary>
    public string? CurrentTopic { get; init; }

    /// <summary>Gets what it was about before, oldest first.</summary>
    public IReadOnlyList<string> TopicHistory { get; init; } = [];

    /// <summary>Gets the stage.</summary>
    public ConversationStage ConversationStage { get; init; }

    /// <summary>Gets what the user likes and wants, by name.</summary>
    public IReadOnlyDictionary<string, string> UserPreferences { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the questions that nobody has answered yet.</summary>
    public IReadOnlyList<string> OpenQuestions { get; init; } = [];

    /// <summary>Gets how satisfied the user seems, 0 to 1; null if nobody can say.</summary>
    public double? SatisfactionScore { get; init; }

    /// <summary>The state after an analysis. What it does not name, or names wrongly, stays; a change of topic keeps the earlier one; preferences are merged, a null one goes.</summary>
    /// <param name="analysis">The arguments of <c>update_conversation_state</c>.</param>
    public ConversationState With(JsonElement analysis)
    {
        ConversationState next = this;
        if (TextOf(analysis, "current_topic") is { } topic && topic != CurrentTopic)
            next = next with { CurrentTopic = topic, TopicHistory = CurrentTopic is null ? TopicHistory : [.. TopicHistory.Append(CurrentTopic).TakeLast(MaxTopics)] };
        if (TextOf(analysis, "conversation_stage") is { } word && Enum.TryParse(word, ignoreCase: true, out ConversationStage stage) && Enum.IsDefined(stage))
            next = next with { ConversationStage = stage };
        if (analysis.TryGetProperty("detected_preferences", out JsonElement preferences) && preferences.ValueKind == JsonValueKind.Object)
            next = next with { UserPreferences = Merge(UserPreferences, preferences) };
        if (analysis.TryGetProperty("open_questions", out JsonElement questions) && questions.ValueKind == JsonValueKind.Array)
            next = next with { OpenQuestions = [.. questions.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => Bounded(item.GetString()!)).Where(static text => text.Length > 0).Take(MaxQuestions)] };
        if (analysis.TryGetProperty("satisfaction_estimate", out JsonElement estimate) && estimate.ValueKind == JsonValueKind.Number)
            next = next with { SatisfactionScore = Math.Clamp(estimate.GetDouble(), 0, 1) };
        return next;
    }

    /// <summary>The state in words, with what it asks of the next answer.</summary>
    public string Describe()
    {
        StringBuilder text = new("What is known of this conversation:\n");
        Line("Topic", CurrentTopic ?? "not yet established");
        Line("Stage", ConversationStage.ToString().ToLowerInvariant());
        Line("Preferences", List(UserPreferences.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}: {pair.Value}"), "; "));
        Line("Open questions", List(OpenQuestions, "; "));
        Line("Earlier topics", List(TopicHistory, ", "));
        return text.Append(ConversationStage switch
        {
            ConversationStage.Opening => "Greet if that is due, and find out what the user wants.",
            ConversationStage.Exploring => "Ask open questions that help the user to choose.",
            ConversationStage.Focusing => "Go into the detail of the topic.",
            _ => "Sum up the main points, and ask whether anything is left.",
        }).ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");

        static string List(IEnumerable<string> items, string separator) => string.Join(separator, items) is { Length: > 0 } list ? list : "none";
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> known, JsonElement news)
    {
        Dictionary<string, string> merged = new(known, StringComparer.Ordinal);
        foreach (JsonProperty property in news.EnumerateObject())
        {
            string name = Bounded(property.Name);
            if (property.Value.ValueKind == JsonValueKind.Null)
                merged.Remove(name);
            else if (merged.ContainsKey(name) || merged.Count < MaxPreferences)
                merged[name] = Bounded(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText());
        }

        return merged;
    }

    private static string? TextOf(JsonElement analysis, string name) =>
        analysis.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && Bounded(value.GetString()!) is { Length: > 0 } text ? text : null;

    private static string Bounded(string text) => text.Trim() is var trimmed && trimmed.Length > MaxText ? trimmed[..MaxText] : trimmed;
}
