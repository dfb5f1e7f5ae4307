using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Auth;

/// <summary>Settings of the section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Auth";

    /// <summary>Gets or sets <c>keys</c> (every request needs a key; the default) or <c>none</c> (nobody needs one; on a loopback address only).</summary>
    public string Mode { get; set; } = "keys";

    /// <summary>Gets whether requests need a key.</summary>
    public bool NeedsKeys => Mode == "keys";
}

internal sealed class AuthOptionsValidator : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options) => options.Mode is "keys" or "none"
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Auth:Mode is '{options.Mode}'; allowed: keys, none.");
}
