using HybridAgents.Core.Models;

namespace HybridAgents.Core.Conversations;

/// <summary>What is left of a conversation for a model.</summary>
/// <param name="Messages">The kept messages, in their order.</param>
/// <param name="Dropped">How many were left out.</param>
/// <param name="Tokens">The estimated tokens of what is kept.</param>
/// <param name="Fits">Whether that is within the budget; false when not even the least that makes sense is, which is then what is kept.</param>
public sealed record TrimmedConversation(IReadOnlyList<Message> Messages, int Dropped, int Tokens, bool Fits);

/// <summary>Chooses what of a conversation a model sees; the conversation itself is not changed.</summary>
public static class ContextWindow
{
    /// <summary>Keeps as much as fits.</summary>
    /// <remarks>
    /// Always kept: system messages, the newest user message, and the newest group, without which the model would ask for the same tool again. The rest is kept newest first, until
    /// the first group that does not fit: no holes. A group is a message with the tool messages that follow it; calls and their results are never split.
    /// </remarks>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="budgetTokens">The most prompt tokens; see <see cref="ModelInfo.PromptBudget"/>.</param>
    public static TrimmedConversation Trim(IReadOnlyList<Message> messages, int budgetTokens)
    {
        List<Group> groups = Split(messages);
        int newestUser = groups.FindLastIndex(group => messages[group.Start].Role == MessageRole.User);
        bool[] kept = new bool[groups.Count];
        int used = 0;
        for (int index = 0; index < groups.Count; index++)
        {
            kept[index] = index == newestUser || index == groups.Count - 1 || messages[groups[index].Start].Role == MessageRole.System;
            if (kept[index])
                used += groups[index].Tokens;
        }

        bool fits = used <= budgetTokens;
        for (int index = groups.Count - 1; fits && index >= 0; index--)
        {
            if (kept[index])
                continue;
            if (used + groups[index].Tokens > budgetTokens)
                break;
            kept[index] = true;
            used += groups[index].Tokens;
        }

        List<Message> result = new(messages.Count);
        for (int index = 0; index < groups.Count; index++)
        {
            for (int offset = 0; kept[index] && offset < groups[index].Count; offset++)
                result.Add(messages[groups[index].Start + offset]);
        }

        return new(result, messages.Count - result.Count, used, fits);
    }

    private static List<Group> Split(IReadOnlyList<Message> messages)
    {
        List<Group> groups = [];
        for (int start = 0, next; start < messages.Count; start = next)
        {
            int tokens = TokenEstimator.Estimate(messages[start]);
            for (next = start + 1; next < messages.Count && messages[next].Role == MessageRole.Tool; next++)
                tokens += TokenEstimator.Estimate(messages[next]);
            groups.Add(new(start, next - start, tokens));
        }

        return groups;
    }

    private readonly record struct Group(int Start, int Count, int Tokens);
}
