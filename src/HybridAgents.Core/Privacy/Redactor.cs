using System.Text;

namespace HybridAgents.Core.Privacy;

/// <summary>Takes secrets and personal data out of text that goes to logs.</summary>
public static class Redactor
{
    /// <summary>Replaces each secret and each piece of personal data of known shape by <c>[redacted:kind]</c>; text without any comes back as it is, other text in its plain form.</summary>
    public static string Redact(string text) => Redacted(TextFolding.Fold(text)) ?? text;

    private static string? Redacted(string text)
    {
        SensitiveMatch[] matches =
        [
            .. SecretPatterns.Find(text).Concat(PersonalData.Find(text)).Concat(CommonTerms.All.Find(text)).OrderBy(static match => match.Start),
        ];
        if (matches.Length == 0)
            return null;

        StringBuilder result = new(text.Length);
        int done = 0;
        foreach (SensitiveMatch match in matches)
        {
            // A match that begins inside the one before only extends what is left out.
            if (match.Start >= done)
                result.Append(text, done, match.Start - done).Append("[redacted:").Append(match.Kind).Append(']');
            done = Math.Max(done, match.Start + match.Length);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }
}
