using System.Buffers;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Privacy;

/// <summary>Finds configured terms, secrets and personal data; time linear in the text.</summary>
public sealed class PrivacyScanner : IPrivacyScanner
{
    private readonly bool _localOnly;
    private readonly CommonTerms? _common;
    private readonly SearchValues<string> _terms;

    /// <summary>Creates a scanner with those settings.</summary>
    /// <exception cref="FormatException">The terms cannot be read.</exception>
    public PrivacyScanner(IOptions<PrivacyOptions> options)
    {
        IReadOnlyList<string> terms = options.Value.ParseTerms();
        _localOnly = options.Value.LocalOnly;
        _common = CommonTerms.Of(terms);
        _terms = SearchValues.Create([.. terms.Where(static term => !CommonTerms.Includes(term))], StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public PrivacyLabel Scan(string text)
    {
        if (_localOnly)
            return PrivacyLabel.LocalOnly;
        return HasTerm(text) || (_common?.Find(text).Any() ?? false) || SecretPatterns.Find(text).Any() || PersonalData.Find(text).Any()
            ? PrivacyLabel.Private
            : PrivacyLabel.Standard;
    }
}
