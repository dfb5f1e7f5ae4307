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

    /// <summary>The most that an image comes to. OpenAI's vision guide: 85 and 170 for each 512-pixel tile, at most 8 tiles, so 1,445; Anthropic's: width × height / 750 after scaling, about 1,600.</summary>
    private const int Image = 1_600;

    /// <summary>An image that is looked at in <c>low</c> detail, by OpenAI's vision guide.</summary>
    private const int CoarseImage = 85;

    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(static value => KindOfAscii((char)value))];

    /// <summary>Estimates the tokens of a text; 0 for an empty one.</summary>
    public static int Estimate(string text)
    {
        Kind[] ascii = AsciiKinds;
        int tokens = 0;
        for (int start = 0; start < text.Length;)
        {
            int end = start + 1;
            Kind kind;
            if (text[start] < ascii.Length)
            {
                kind = ascii[text[start]];
                while (end < text.Length && text[end] < ascii.Length && ascii[text[end]] == kind)
                    end++;
            }
            else
            {
                kind = KindOfOther(text[start]);
                while (end < text.Length && text[end] >= ascii.Length && KindOfOther(text[end]) == kind)
                    end++;
            }

            tokens += Cost(kind, end - start);
            start = end;
        }

        return tokens;
    }

    /// <summary>Estimates the tokens of a message with its tool calls and the wrapping that every provider adds.</summary>
    public static int Estimate(Message message)
    {
        int tokens = MessageOverhead + Estimate(message.Content ?? "") + Estimate(message.Name ?? "");
        foreach (MessageImage image in message.Images ?? [])
            tokens += EstimateImage(image.Detail);
        foreach (ToolCall call in message.ToolCalls ?? [])
            tokens += MessageOverhead + Estimate(call.Name) + Estimate(call.Arguments);
        return tokens;
    }

    /// <summary>Estimates the tokens of an image, whatever its size: models scale large ones down.</summary>
    /// <param name="detail">As in <see cref="MessageImage"/>.</param>
    public static int EstimateImage(string? detail) => detail == "low" ? CoarseImage : Image;

    /// <summary>Estimates the tokens of a tool on offer.</summary>
    public static int Estimate(ToolSpec tool) =>
        MessageOverhead + Estimate(tool.Name) + Estimate(tool.Description) + Estimate(tool.Parameters.GetRawText());

    /// <summary>The longest beginning of a text that is at most <paramref name="tokens"/> tokens; never ends within a surrogate pair.</summary>
    public static string Prefix(string text, int tokens)
    {
        int low = 0, high = text.Length;
        while (low < high)
        {
            int middle = low + (high - low + 1) / 2;
            if (Estimate(text[..middle]) <= tokens)
                low = middle;
            else
                high = middle - 1;
        }

        return low > 0 && low < text.Length && char.IsHighSurrogate(text[low - 1]) ? text[..(low - 1)] : text[..low];
    }

    private static int Cost(Kind kind, int length) => kind switch
    {
        Kind.Word => (length + 4) / 5,
        // A single space belongs to the next word, and indentation is cheap.
        Kind.Space => (length + 6) / 8,
        Kind.Digit or Kind.OtherLetter => (length + 1) / 2,
        _ => length,
    };

    private static Kind KindOfAscii(char value) => value switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' => Kind.Word,
        >= '0' and <= '9' => Kind.Digit,
        ' ' or '\t' or '\r' => Kind.Space,
        _ => Kind.Sign,
    };

    // Beyond U+1100: Hangul, Kana, Han, symbols and both halves of a surrogate pair.
    private static Kind KindOfOther(char value) => value >= '\u1100' ? Kind.Wide : char.IsLetterOrDigit(value) ? Kind.OtherLetter : Kind.OtherSign;

    private enum Kind : byte
    {
        Word,
        Digit,
        Space,
        Sign,
        OtherSign,
        OtherLetter,
        Wide,
    }
}
