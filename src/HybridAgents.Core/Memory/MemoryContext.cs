using System.Text;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Memory;

/// <summary>What an agent is told of its memory before a turn.</summary>
/// <param name="Text">In words.</param>
/// <param name="Items">The items in it.</param>
public sealed record MemoryContext(string Text, IReadOnlyList<MemoryItem> Items)
{
    /// <summary>The items that fit the question, by category; null if there are none.</summary>
    /// <param name="items">What is remembered.</param>
    /// <param name="episodes">What other conversations were about, newest first.</param>
    /// <param name="question">The question.</param>
    /// <param name="label">The label of the conversation: items above it stay away, so that being told of them raises nothing. The tool <c>recall</c> finds them.</param>
    /// <param name="now">The time, UTC.</param>
    public static MemoryContext? Of(IReadOnlyList<MemoryItem> items, IReadOnlyList<string> episodes, string question, PrivacyLabel label, DateTimeOffset now)
    {
        IReadOnlyList<MemoryItem> told = MemoryRanking.Rank([.. items.Where(item => item.Label <= label)], question, now);
        if (told.Count == 0 && episodes.Count == 0)
            return null;
        StringBuilder text = new("What is remembered of earlier conversations:");
        Section("Facts", told.Where(static item => item.Category == MemoryCategory.Facts).Select(static item => item.Text));
        Section("Preferences", told.Where(static item => item.Category == MemoryCategory.Preferences).Select(static item => item.Text));
        Section("Personal details", told.Where(static item => item.Category == MemoryCategory.PersonalDetails).Select(static item => item.Text));
        Section("Recent conversations", episodes);
        text.Append("\n\nUse this to fit the answer to the user, and do not mention that it was remembered unless that matters.");
        return new(text.ToString(), told);

        void Section(string title, IEnumerable<string> lines)
        {
            string list = string.Join('\n', lines.Select(static line => $"- {line.ReplaceLineEndings(" ")}"));
            if (list.Length > 0)
                text.Append("\n\n").Append(title).Append(":\n").Append(list);
        }
    }
}
