using System.Buffers;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Privacy;

/// <summary>Finds configured terms, secrets and personal data; time linear in the text.</summary>
public sealed class PrivacyScanner : IPrivacyScanner
{
    private readonly bool _localOnly;
    private readonly CommonTerms? _common;
    private readonly string[] _terms;
    private readonly SearchValues<string> _anyTerm;

    /// <summary>Creates a scanner with those settings.</summary>
    /// <exception cref="FormatException">The terms cannot be read.</exception>
    public PrivacyScanner(IOptions<PrivacyOptions> options)
    {
        IReadOnlyList<string> terms = options.Value.ParseTerms();
        _localOnly = options.Value.LocalOnly;
        _common = CommonTerms.Of(terms);
        _terms = [.. terms.Where(static term => !CommonTerms.Includes(term)).Select(TextFolding.Fold)];
        _anyTerm = SearchValues.Create(_terms, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public PrivacyLabel Scan(string text)
    {
        if (_localOnly)
            return PrivacyLabel.LocalOnly;
        text = TextFolding.Fold(text);
        return HasTerm(text) || (_common?.Find(text).Any() ?? false) || SecretPatterns.Find(text).Any() || PersonalData.Find(text).Any()
            ? PrivacyLabel.Private
            : PrivacyLabel.Standard;
    }

    private bool HasTerm(string text)
    {
        for (int from = 0; text.AsSpan(from).IndexOfAny(_anyTerm) is >= 0 and int offset; from += offset + 1)
        {
            foreach (string term in _terms)
            {
                if (IsWordAt(text, from + offset, term))
                    return true;
            }
        }

        return false;
    }

    private static bool IsWordAt(string text, int start, string term)
    {
        int end = start + term.Length;
        return text.AsSpan(start).StartsWith(term, StringComparison.OrdinalIgnoreCase)
            && !(start > 0 && char.IsLetterOrDigit(text[start - 1]) && char.IsLetterOrDigit(term[0]))
            && !(end < text.Length && char.IsLetterOrDigit(text[end]) && char.IsLetterOrDigit(term[^1]));
    }
}
