namespace HybridAgents.Providers.Configuration;

/// <summary>Settings of one provider, bound from <c>Providers:{Name}</c> (<c>Providers:AzureOpenAI</c> for <c>azure</c>).</summary>
public sealed record ProviderSettings
{
    /// <summary>Gets the name, lower case, such as <c>ollama</c>: what stands before the colon in <c>provider:model</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind, such as <c>openai</c>, of a provider that has a name of its own; null where the name is the kind's.</summary>
    public string? KindName { get; init; }

    /// <summary>Gets whether it may be used at all; true by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Gets the absolute HTTP address of its API.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Gets the secret; null for none. Never logged.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets the organisation that is billed (OpenAI only); null for the key's own.</summary>
    public string? Organization { get; init; }

    /// <summary>Gets the <c>api-version</c> that deployments are addressed by (Azure OpenAI only); null for the endpoint without versions.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Gets whether models that can think first do so (Ollama only): <c>true</c>, <c>false</c>, <c>low</c>, <c>medium</c> or <c>high</c>; null leaves it to the model.</summary>
    public string? Think { get; init; }

    /// <summary>Gets how many seconds a model stays loaded after a call (Ollama only), −1 for ever; null leaves it to the server.</summary>
    public int? KeepAlive { get; init; }

    /// <summary>Gets the model that is used when none is asked for; for Azure OpenAI the deployment's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the preference among providers, 0 to 100; 1 by default, higher first. Within a <see cref="Split"/>, the share.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Gets the split that it takes part in: providers that name the same one share, by their weights, the runs that one of them would serve. Null for none.</summary>
    public string? Split { get; init; }

    /// <summary>Gets the most calls at the same time, 1 to 10000; 256 by default. More wait their turn.</summary>
    public int MaxConcurrency { get; init; } = 256;

    /// <summary>Gets whether private text may be sent to it wherever it runs; false by default.</summary>
    public bool Trusted { get; init; }

    /// <summary>Gets whether somebody configured it: otherwise it takes part only once it has been discovered, or not at all.</summary>
    public bool Configured { get; init; }

    /// <summary>Gets whether <see cref="Model"/> was set explicitly.</summary>
    public bool ModelConfigured { get; init; }

    /// <summary>Gets whether only addresses of the public internet are connected to, whatever the endpoint's name resolves to.</summary>
    internal bool PublicOnly { get; init; }

    /// <summary>Gets what the table says of its kind.</summary>
    internal ProviderKind Kind => ProviderKinds.Named(KindName ?? Name);

    /// <summary>Whether a provider can be at that address: absolute HTTP without password and query.</summary>
    public static bool IsEndpoint(Uri endpoint) => endpoint is { IsAbsoluteUri: true, Scheme: "http" or "https" } && endpoint.UserInfo.Length + endpoint.Query.Length == 0;

    /// <summary>Name and address only: what a record prints of itself would hold the secret.</summary>
    public override string ToString() => $"{Name} at {Endpoint}";
}
