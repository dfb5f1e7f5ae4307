using System.Text;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Conversations;

/// <summary>Titles and summaries made of a conversation's own words, where no model may make better ones.</summary>
public static class ConversationText
{
    /// <summary>The longest title, in characters.</summary>
    public const int MaxTitle = 255;

    /// <summary>The longest summary, in tokens.</summary>
    public const int MaxSummaryTokens = 300;

    private const int TitleWords = 8;
    private const int TitleLength = 60;
    private const int SentenceLength = 120;

    /// <summary>The first words of a message, on one line; "New conversation" if it has none.</summary>
    public static string Title(string? message)
    {
        string[] words = (message ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string title = string.Join(' ', words.Take(TitleWords));
        bool cut = words.Length > TitleWords || title.Length > TitleLength;
        if (title.Length > TitleLength)
            title = title[..(char.IsHighSurrogate(title[TitleLength - 1]) ? TitleLength - 1 : TitleLength)];
        return title.Length == 0 ? "New conversation" : cut ? title + "…" : title;
    }

    /// <summary>The beginnings of what the user said, behind the summary that there is; the newest if not all fit.</summary>
    public static string Summary(string? before, IEnumerable<Message> messages)
    {
        List<string> lines = before is null ? [] : [.. before.Split('\n')];
        lines.AddRange(messages.Where(static message => message.Role == MessageRole.User && !string.IsNullOrWhiteSpace(message.Content)).Select(static message => "- The user: " + FirstSentence(message.Content!)));
        int tokens = 0;
        int first = lines.Count;
        while (first > 0 && (tokens += TokenEstimator.Estimate(lines[first - 1]) + 1) <= MaxSummaryTokens)
            first--;
        return string.Join('\n', lines.Skip(first));
    }

    /// <summary>A conversation as models read it when they are asked about it.</summary>
    public static string Transcript(IEnumerable<Message> messages)
    {
        StringBuilder text = new();
        foreach (Message message in messages.Where(static message => message.Role is MessageRole.User or MessageRole.Assistant && !string.IsNullOrWhiteSpace(message.Content)))
            text.Append(message.Role == MessageRole.User ? "user: " : "assistant: ").Append(message.Content).Append("\n\n");
        return text.ToString().TrimEnd();
    }

    private static string FirstSentence(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int stop = line.AsSpan().IndexOfAny('.', '!', '?');
        int end = stop >= 0 && stop < SentenceLength ? stop + 1 : Math.Min(line.Length, SentenceLength);
        return line[..(end < line.Length && end > 0 && char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)];
    }
}
