using System.Numerics;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Text;

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

    // Hangul, Kana, Han and the surrogates of emoji: a token each.
    private const char FirstWide = '\u1100';

    /// <summary>Estimates the tokens of a text; 0 for an empty one.</summary>
    public static int Estimate(string text) => Estimate(text.AsSpan());

    private static int Estimate(ReadOnlySpan<char> text)
    {
        // A single space belongs to the next word, and indentation is cheap.
        RunCounter words = new(0, 5), figures = new(0, 2), foreign = new(0, 2), blanks = new(1, 8);
        int tokens = 0;
        for (int start = 0; start < text.Length; start += CharacterBlock.Size)
        {
            CharacterBlock block = CharacterBlock.At(text, start);
            ulong letters = block.Letters, digits = block.Digits, spaces = block.Of(' ') | block.Of('\t') | block.Of('\r');
            ulong others = block.ForeignLetters(text[start..], FirstWide);
            tokens += words.Count(letters) + figures.Count(digits) + foreign.Count(others) + blanks.Count(spaces)
                + BitOperations.PopCount(block.All & ~(letters | digits | others | spaces));
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
            if (Estimate(text.AsSpan(0, middle)) <= tokens)
                low = middle;
            else
                high = middle - 1;
        }

        return low > 0 && low < text.Length && char.IsHighSurrogate(text[low - 1]) ? text[..(low - 1)] : text[..low];
    }
}
