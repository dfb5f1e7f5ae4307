using System.Buffers;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Privacy;

/// <summary>Secrets that are known by their shape: keys of well-known services, tokens, private key blocks, credentials in addresses and connection strings.</summary>
/// <remarks>
/// Every pattern has anchors, fixed texts without which it cannot match, and most need a sign that prose lacks: text without any of them is passed at the speed of a vectorised search.
/// </remarks>
internal static class SecretPatterns
{
    private static readonly Pattern[] Patterns =
    [
        new("api_key", "-_", ["sk-", "sk_", "rk_"], @"\b(?:sk-(?:[a-z]{2,10}[0-9]{0,2}-){0,2}[A-Za-z0-9_-]{16,}|[rs]k_(?:live|test)_[0-9A-Za-z]{16,})"),
        new("api_key", "", ["AKIA", "ASIA"], @"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        new("api_key", "", ["AIza"], @"\bAIza[0-9A-Za-z_-]{35}"),
        new("access_token", "-_", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "xox"],
            @"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|xox[abeprs]-[A-Za-z0-9-]{10,})"),
        new("jwt", "", ["eyJ"], @"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
        new("private_key", "-_", ["PRIVATE KEY"], @"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"),
        new("bearer_token", "", ["bearer"], @"(?i)\bbearer\s+[a-z0-9._~+/-]{16,}=*"),
        new("connection_string", "=", ["AccountKey", "SharedAccessKey", "SharedAccessSignature", "Pwd"],
            @"(?i)\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|Pwd)\s*=\s*[^;\s""']{3,}"),
        new("url_token", "=", ["token=", "key=", "sig=", "signature=", "secret=", "password=", "passwd=", "pwd="],
            @"(?i)[?&;](?:[a-z]{1,12}[_-])?(?:token|api_?key|key|sig|signature|secret|password|passwd|pwd)=[A-Za-z0-9._~%+/-]{8,}"),
        new("url_credentials", ":", ["://"], @"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@""']{1,100}:[^\s/@""']{1,200}@"),
    ];

    private static readonly (string Signs, SearchValues<string> Anchors)[] Marks =
    [
        .. Patterns.GroupBy(static pattern => pattern.Signs)
            .Select(static group => (group.Key, SearchValues.Create([.. group.SelectMany(static pattern => pattern.Anchors)], StringComparison.OrdinalIgnoreCase))),
    ];

    public static IEnumerable<SensitiveMatch> Find(string text) => MayHoldSecret(text) ? FindEach(text) : [];

    private static bool MayHoldSecret(ReadOnlySpan<char> text)
    {
        foreach ((string signs, SearchValues<string> anchors) in Marks)
        {
            if ((signs.Length == 0 || text.ContainsAny(signs)) && text.ContainsAny(anchors))
                return true;
        }

        return false;
    }

    private static IEnumerable<SensitiveMatch> FindEach(string text)
    {
        foreach (Pattern pattern in Patterns)
        {
            if (!pattern.MayMatch(text))
                continue;
            for (Match match = pattern.Regex.Match(text); match.Success; match = match.NextMatch())
                yield return new(match.Index, match.Length, pattern.Kind);
        }
    }

    // One of the signs, if there are any, is in every match.
    private sealed record Pattern(string Kind, string Signs, string[] Anchors, string Expression)
    {
        private readonly SearchValues<string> _anchors = SearchValues.Create(Anchors, StringComparison.OrdinalIgnoreCase);

        public Regex Regex { get; } = LinearRegex.Create(Expression);

        public bool MayMatch(string text) => text.AsSpan().ContainsAny(_anchors);
    }
}
