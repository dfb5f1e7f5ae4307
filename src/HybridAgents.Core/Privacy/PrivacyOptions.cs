using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Privacy;

/// <summary>Settings of privacy, bound from the section <c>Privacy</c>.</summary>
public sealed class PrivacyOptions
{
    /// <summary>
    /// Gets or sets the words or phrases that make a text private: a comma list or a JSON array of strings; trimmed, without empties and doubles. They count as whole words,
    /// upper or lower case. <c>password</c>, <c>secret</c>, <c>token</c>, <c>key</c> and <c>credential</c> (the default) are too common alone and count only with a qualifier, such
    /// as "my password" or "api key: …". Empty for none; secrets and personal data of known shape count always.
    /// </summary>
    public string Terms { get; set; } = "password,secret,token,key,credential";

    /// <summary>Gets or sets whether all text is local only, so that nothing ever reaches a cloud model; false by default.</summary>
    public bool LocalOnly { get; set; }

    /// <summary>Gets or sets whether a caller's consent lets private text go to the cloud; true by default. False forbids it to everyone.</summary>
    public bool AllowCloudFallback { get; set; } = true;

    /// <summary>Reads <see cref="Terms"/>.</summary>
    /// <exception cref="FormatException">It begins as a JSON array and is none, or holds something other than strings.</exception>
    public IReadOnlyList<string> ParseTerms() => ConfiguredList.Parse("Privacy:Terms", Terms);
}

internal sealed class PrivacyOptionsValidator : IValidateOptions<PrivacyOptions>
{
    private const int MaxTerms = 1000;
    private const int MaxTermLength = 200;

    public ValidateOptionsResult Validate(string? name, PrivacyOptions options)
    {
        try
        {
            IReadOnlyList<string> terms = options.ParseTerms();
            if (terms.Count > MaxTerms)
                return ValidateOptionsResult.Fail($"Privacy:Terms has {terms.Count} terms; allowed are {MaxTerms}.");
            return terms.FirstOrDefault(static term => term.Length > MaxTermLength) is { } tooLong
                ? ValidateOptionsResult.Fail($"Privacy:Terms has a term of {tooLong.Length} characters; allowed are {MaxTermLength}.")
                : ValidateOptionsResult.Success;
        }
        catch (FormatException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
