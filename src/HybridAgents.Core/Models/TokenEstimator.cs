using HybridAgents.Core.Conversations;

namespace HybridAgents.Core.Models;

/// <summary>Counts tokens without a tokeniser, for any model.</summary>
/// <remarks>
/// Meant to be a little high rather than low: an estimate that is too low truncates a prompt. Words cost one token for each five letters begun, digits one for two,
/// signs one each, East Asian characters one each, letters of other scripts one for two, emoji two. On English prose that is about a fifth above
/// <c>characters / 4</c>; on Chinese or code, where <c>characters / 4</c> is up to four times too low, it stays close.
/// </remarks>
public static class TokenEstimator
{
    private const int MessageOverhead = 4;

    /// <summary>Estimates the tokens of a text; 0 for an empty one.</summary>
    public static int Estimate(string text)
    {
        int tokens = 0;
        for (int start = 0; start < text.Length;)
        {
            Kind kind = KindOf(text[start]);
            int end = start + 1;
            while (end < text.Length && KindOf(text[end]) == kind)
                end++;
            tokens += Cost(kind, text.AsSpan(start, end - start));
            start = end;
        }

        return tokens;
    }

    /// <summary>Estimates the tokens of a message with its tool calls and the wrapping that every provider adds.</summary>
    public static int Estimate(Message message)
    {
        int tokens = MessageOverhead + Estimate(message.Content ?? "") + Estimate(message.Name ?? "");
        foreach (ToolCall call in message.ToolCalls ?? [])
            tokens += MessageOverhead + Estimate(call.Name) + Estimate(call.Arguments);
        return tokens;
    }

    /// <summary>Estimates the tokens of a tool on offer.</summary>
    public static int Estimate(ToolSpec tool) =>
        MessageOverhead + Estimate(tool.Name) + Estimate(tool.Description) + Estimate(tool.Parameters.GetRawText());

    private static int Cost(Kind kind, ReadOnlySpan<char> run) => kind switch
    {
        Kind.Word => (run.Length + 4) / 5,
        Kind.Digit or Kind.OtherLetter => (run.Length + 1) / 2,
        // A single space belongs to the next word; indentation is cheap, line breaks are not.
        Kind.Space => run.Count('\n') + (run.Length - run.Count('\n') + 6) / 8,
        _ => run.Length,
    };

    private static Kind KindOf(char value) => value switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => Kind.Word,
        >= '0' and <= '9' => Kind.Digit,
        ' ' or '\t' or '\n' or '\r' => Kind.Space,
        < '\x80' => Kind.Sign,
        < '\u1100' => char.IsLetterOrDigit(value) ? Kind.OtherLetter : Kind.Sign,
        // Hangul, Kana, Han, symbols and both halves of a surrogate pair.
        _ => Kind.Wide,
    };

    private enum Kind
    {
        Word,
        Digit,
        Space,
        Sign,
        OtherLetter,
        Wide,
    }
}
