using System.Buffers;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Privacy;

/// <summary>The words <c>password</c>, <c>secret</c>, <c>token</c>, <c>key</c> and <c>credential</c>, which are too common to count alone.</summary>
/// <remarks>
/// They count in one of these forms, each as whole words, upper or lower case, joined by spaces, <c>_</c>, <c>-</c> or nothing (<c>apiKey</c>, <c>API_KEY</c>):
/// <list type="bullet">
/// <item>Owned: <c>my</c> or <c>our</c>, at most two words, then a password, secret or credential, or a kind of key or token that opens something (an API key, an access token,
/// not house keys or key points): "What is my password?".</item>
/// <item>Assigned: such a word, then <c>=</c> or <c>:</c> and a value ("api key: …", "secret=…", <c>"password": "…"</c>); after a bare key or token the value must look like
/// a secret of at least 16 characters, since <c>key: value</c> is everywhere.</item>
/// <item>Stated: such a word, then <c>is</c> or <c>was</c> and a value that looks like a secret (letters with digits or signs): "the password is hunter2", not "is required".</item>
/// </list>
/// So "monkey", "key points", "tokenizer" and "password reset policy?" stay standard.
/// </remarks>
internal sealed class CommonTerms
{
    private const int BareValueLength = 16;
    private const string Nothing = @"[^\s\S]";
    private const string Openers = "api|access|auth|authentication|bearer|client|encryption|license|licence|master|private|product|recovery|refresh|secret|security|session|signing|ssh|account";

    private static readonly Dictionary<string, string> Strong = new(StringComparer.OrdinalIgnoreCase)
    {
        ["password"] = "passwords?|passwd|pwd|passphrases?|passcodes?",
        ["secret"] = "secrets?",
        ["credential"] = "credentials?",
    };

    private static readonly Dictionary<string, string> Weak = new(StringComparer.OrdinalIgnoreCase)
    {
        ["token"] = "tokens?",
        ["key"] = "keys?",
    };

    private static readonly SearchValues<string> Roots =
        SearchValues.Create(["passw", "pwd", "passphrase", "passcode", "secret", "credential", "token", "key"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Signs = SearchValues.Create("!@#$%^&*_+=~");

    private readonly Regex _owned;
    private readonly Regex _assigned;

    private CommonTerms(string nouns, string bare)
    {
        _owned = LinearRegex.Create($@"(?i)\b(?:my|our)\s+(?:[\w'’-]+\s+){{0,2}}(?:{nouns})\b");
        _assigned = LinearRegex.Create(
            $@"(?i)(?:\b|_)(?:(?<strong>{nouns})|(?<bare>{bare}))[""'\]]{{0,2}}\s{{0,3}}(?<op>[=:]|\s(?:is|was)\s)[\s=>]{{0,4}}[""'`]?(?<value>[^\s""'`,;]{{3,200}})");
    }

    /// <summary>All five words, for places that know no configuration.</summary>
    public static CommonTerms All { get; } = Of([.. Strong.Keys, .. Weak.Keys])!;

    public static bool Includes(string term) => Strong.ContainsKey(term) || Weak.ContainsKey(term);

    /// <summary>The rules for those of the terms that are common words; null if none is.</summary>
    public static CommonTerms? Of(IReadOnlyCollection<string> terms)
    {
        string[] strong = [.. terms.Where(Strong.ContainsKey).Select(static term => Strong[term])];
        string[] weak = [.. terms.Where(Weak.ContainsKey).Select(static term => Weak[term])];
        if (strong.Length + weak.Length == 0)
            return null;
        string bare = weak.Length > 0 ? string.Join('|', weak) : Nothing;
        string opening = $@"(?:{Openers})[\s_-]{{0,2}}(?:{bare})";
        return new(string.Join('|', weak.Length > 0 ? [.. strong, opening] : strong), bare);
    }

    public IEnumerable<SensitiveMatch> Find(string text) => text.AsSpan().ContainsAny(Roots) ? FindEach(text) : [];

    private IEnumerable<SensitiveMatch> FindEach(string text)
    {
        for (Match match = _owned.Match(text); match.Success; match = match.NextMatch())
            yield return new(match.Index, match.Length, "credential");
        for (Match match = _assigned.Match(text); match.Success; match = match.NextMatch())
        {
            // Flags and empty fields of JSON are no secrets.
            ReadOnlySpan<char> value = match.Groups["value"].ValueSpan.TrimEnd("}])");
            if (value is "null" or "true" or "false")
                continue;
            bool stated = match.Groups["op"].Length > 1;
            if (match.Groups["bare"].Success ? value.Length >= BareValueLength && LooksSecret(value) : !stated || LooksSecret(value))
                yield return new(match.Index, match.Length, "credential");
        }
    }

    // Letters together with digits, or a sign that prose does not put inside a word.
    private static bool LooksSecret(ReadOnlySpan<char> value)
    {
        value = value.TrimEnd(".,;:!?)]}");
        bool letters = value.ContainsAnyInRange('a', 'z') || value.ContainsAnyInRange('A', 'Z');
        return value.Length >= 4 && letters && (value.ContainsAnyInRange('0', '9') || value.ContainsAny(Signs));
    }
}
