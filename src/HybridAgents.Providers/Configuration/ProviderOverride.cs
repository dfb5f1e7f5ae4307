namespace HybridAgents.Providers.Configuration;

/// <summary>What an administrator sets of a provider while the host runs. What is null stays as it is configured.</summary>
public sealed record ProviderOverride
{
    /// <summary>Gets the name, lower case: a kind's, whose settings it changes, or one of its own for a further provider.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind; needed unless the name is one.</summary>
    public string? Kind { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Gets the address. A key that is configured for another address does not go there.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Gets the configuration key that holds the secret, such as <c>OPENAI_API_KEY</c>; never the secret.</summary>
    public string? ApiKeyRef { get; init; }

    public string? Organization { get; init; }

    public string? ApiVersion { get; init; }

    public string? Model { get; init; }

    public double? Weight { get; init; }

    public string? Split { get; init; }

    public int? MaxConcurrency { get; init; }

    public bool? Trusted { get; init; }

    public string? Think { get; init; }

    public int? KeepAlive { get; init; }
}

/// <summary>What is wrong with an override.</summary>
/// <param name="Field">The field, in snake_case.</param>
/// <param name="Message">What is wrong, and what is allowed.</param>
public sealed record OverrideFault(string Field, string Message);
