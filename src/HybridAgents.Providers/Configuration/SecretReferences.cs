using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace HybridAgents.Providers.Configuration;

/// <summary>Secrets by the names of their configuration keys.</summary>
/// <param name="configuration">Environment, files and key vaults, whatever the host reads.</param>
internal sealed partial class SecretReferences(IConfiguration configuration)
{
    public const string Allowed = "a configuration key below Secrets:, or one whose name ends in ApiKey, API_KEY or TOKEN";

    /// <summary>Whether the name is one of a secret for providers: whoever may name a key must not read the host's other secrets by sending them somewhere.</summary>
    public static bool IsAllowed(string reference) => Names().IsMatch(reference) && !reference.StartsWith("Auth:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The secret; null if there is none of that name.</summary>
    public string? Find(string reference) => IsAllowed(reference) && configuration[reference]?.Trim() is { Length: > 0 } secret ? secret : null;

    [GeneratedRegex("^(?:Secrets:[A-Za-z0-9_:-]{1,200}|[A-Za-z0-9_:-]{0,200}(?:ApiKey|API_KEY|TOKEN))$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
