using HybridAgents.Core.Models;
using HybridAgents.Providers.Anthropic;
using HybridAgents.Providers.OpenAI;

namespace HybridAgents.Providers.Configuration;

/// <summary>The language that a kind of provider speaks.</summary>
internal enum ProviderDialect
{
    Ollama,
    OpenAI,
    AzureOpenAI,
    Anthropic,
    Offline,
}

/// <summary>A kind of provider: everything that tells it from the others, declared once in <see cref="ProviderKinds"/>.</summary>
/// <param name="Section">Its configuration: <c>Providers:{Section}</c>.</param>
/// <param name="Name">Its name in <c>provider:model</c>, lower case.</param>
/// <param name="Dialect">How to talk to it.</param>
/// <param name="Endpoint">The address unless another is configured.</param>
/// <param name="Model">The model unless another is configured; empty for the first that the service lists.</param>
internal sealed record ProviderKind(string Section, string Name, ProviderDialect Dialect, string Endpoint, string Model)
{
    /// <summary>Gets whether it runs models itself, so that a loopback address is local. The cloud kinds are cloud wherever they point: a loopback address may be a tunnel.</summary>
    public bool RunsModels { get; init; }

    /// <summary>Gets which settings show that somebody wants it; any one is enough.</summary>
    public IReadOnlyList<string> ConfiguredBy { get; init; } = ["Endpoint", "ApiKey"];

    /// <summary>Gets whether it is looked for at its usual address when nobody configured it.</summary>
    public bool Discovered { get; init; }

    /// <summary>Gets how a service that speaks OpenAI's language departs from it.</summary>
    public OpenAIProfile Profile { get; init; } = new();

    /// <summary>Gets the most texts that it turns into vectors in one call; more go in several.</summary>
    public int VectorBatch { get; init; } = 2048;

    /// <summary>Gets whether its list has the models that can be called. Of a deployment only a call tells.</summary>
    public bool ListsModels => Dialect != ProviderDialect.AzureOpenAI;

    /// <summary>Gets whether its calls carry a key.</summary>
    public bool TakesKey => Dialect is ProviderDialect.OpenAI or ProviderDialect.AzureOpenAI or ProviderDialect.Anthropic;

    /// <summary>Gets what its models can be asked for beyond text, tools and temperature, as far as the kind tells.</summary>
    public ModelFeatures Features => Dialect == ProviderDialect.Anthropic ? AnthropicRequests.Features : Profile.Features;

    /// <summary>Gets the environment variable that its makers use for the key; null for none.</summary>
    public string? KeyVariable { get; init; }
}
