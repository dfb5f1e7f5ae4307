namespace HybridAgents.Core.Privacy;

/// <summary>Reading and joining of labels.</summary>
public static class PrivacyLabels
{
    /// <summary>The names that <see cref="TryParse"/> takes, for error messages.</summary>
    public const string Allowed = "standard, public, private, high, local_only, max";

    /// <summary>Reads a label by name or alias, exactly as written.</summary>
    /// <returns>False for anything else, with <paramref name="label"/> at its strictest.</returns>
    public static bool TryParse(string? text, out PrivacyLabel label)
    {
        (bool known, label) = text switch
        {
            "standard" or "public" => (true, PrivacyLabel.Standard),
            "private" or "high" => (true, PrivacyLabel.Private),
            "local_only" or "max" => (true, PrivacyLabel.LocalOnly),
            _ => (false, PrivacyLabel.LocalOnly),
        };
        return known;
    }

    /// <summary>The stricter of both.</summary>
    public static PrivacyLabel RaisedTo(this PrivacyLabel label, PrivacyLabel other) => other > label ? other : label;
}
