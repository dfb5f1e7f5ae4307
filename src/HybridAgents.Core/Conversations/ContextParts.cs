namespace HybridAgents.Core.Conversations;

/// <summary>What a model could be shown in a turn, part by part.</summary>
public sealed record ContextParts
{
    /// <summary>Gets system messages and conversation, oldest first.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Gets what came before <see cref="Messages"/>, in short; null if nothing did.</summary>
    public string? Summary { get; init; }

    /// <summary>Gets what was looked up for the newest user message: memories, passages, what is known of the conversation; null for nothing.</summary>
    public string? Background { get; init; }

    /// <summary>Everything as messages: the summary follows the leading system messages, the background goes right before the newest user message.</summary>
    public IReadOnlyList<Message> Whole() => Compose(Messages, Summary, Background);

    /// <summary>The summary as a model sees it.</summary>
    internal static Message SummaryMessage(string text) => Block("conversation_summary", text);

    /// <summary>The background as a model sees it.</summary>
    internal static Message BackgroundMessage(string text) => Block("background", text);

    internal static IReadOnlyList<Message> Compose(IReadOnlyList<Message> messages, string? summary, string? background)
    {
        if (summary is null && background is null)
            return messages;
        List<Message> all = [.. messages];
        if (background is not null)
        {
            int question = all.FindLastIndex(static message => message.Role == MessageRole.User);
            all.Insert(question < 0 ? all.Count : question, BackgroundMessage(background));
        }

        if (summary is not null)
        {
            int first = all.FindIndex(static message => message.Role != MessageRole.System);
            all.Insert(first < 0 ? all.Count : first, SummaryMessage(summary));
        }

        return all;
    }

    /// <summary>Data between tags, said by the user's side: it has no more authority than what a user says, and cannot close its own tag.</summary>
    private static Message Block(string tag, string text) =>
        Message.User($"<{tag}>\n{text.Replace("</" + tag, "< /" + tag, StringComparison.OrdinalIgnoreCase)}\n</{tag}>");
}

/// <summary>What of the parts fits a model.</summary>
/// <param name="Messages">What it is shown, in order.</param>
/// <param name="Dropped">How many messages of the conversation were left out.</param>
/// <param name="Shortened">What was shortened or left out: <c>tool_results</c>, <c>conversation_summary</c>, <c>background</c>, <c>history</c>.</param>
/// <param name="Tokens">The estimated tokens of <paramref name="Messages"/>.</param>
/// <param name="Fits">Whether that is within the budget; false when not even the least that makes sense is, which is then what is kept.</param>
public sealed record FittedContext(IReadOnlyList<Message> Messages, int Dropped, IReadOnlyList<string> Shortened, int Tokens, bool Fits);
