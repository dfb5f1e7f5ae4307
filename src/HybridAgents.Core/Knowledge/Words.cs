using System.Text.RegularExpressions;

namespace HybridAgents.Core.Knowledge;

/// <summary>Splits text into the words that searching compares: runs of Unicode letters and digits, lower case, at most 64 characters each.</summary>
internal static class Words
{
    private const int MaxLength = 64;

    private static readonly Regex Word = LinearRegex.Create(@"[\p{L}\p{M}\p{N}]+");

    public static IEnumerable<string> Of(string text)
    {
        for (Match match = Word.Match(text); match.Success; match = match.NextMatch())
            yield return match.Value[..Math.Min(match.Length, MaxLength)].ToLowerInvariant();
    }
}
