using System.ClientModel;
using System.ClientModel.Primitives;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;
using OpenAI;

namespace HybridAgents.Providers.AzureOpenAI;

/// <summary>The resource's <c>/openai/v1/</c> endpoint, which speaks OpenAI's own language and has no API version; with a key, or with Entra ID.</summary>
/// <param name="tokens">Gives tokens of Entra ID; null where the host has none, and then a key is needed.</param>
public sealed class AzureOpenAIV1(AuthenticationTokenProvider? tokens) : IAzureOpenAIConnector
{
    private const string Path = "openai/v1/";
    private const string Scope = "https://ai.azure.com/.default";

    /// <inheritdoc/>
    public string? Refuse(ProviderSettings settings) => settings switch
    {
        { ApiVersion: not null } => "Providers:AzureOpenAI:ApiVersion is for the Azure Functions host only; leave it out to use the endpoint /openai/v1/.",
        { ApiKey: not null } => null,
        _ when tokens is null => "Providers:AzureOpenAI:ApiKey is missing; only the Azure Functions host can do without, by Entra ID.",
        { Endpoint.Scheme: not "https" } => $"Providers:AzureOpenAI:Endpoint is '{settings.Endpoint}'; without Providers:AzureOpenAI:ApiKey it must be an https:// address.",
        _ => null,
    };

    /// <inheritdoc/>
    public OpenAIClient Connect(ProviderSettings settings, Action<ClientPipelineOptions> setUp)
    {
        OpenAIClientOptions options = new() { Endpoint = AddressOf(settings.Endpoint) };
        setUp(options);
        if (settings.ApiKey is { } key)
            return new(new ApiKeyCredential(key), options);
#pragma warning disable OPENAI001 // The only way to give the client a policy is marked experimental.
        return new(new BearerTokenPolicy(tokens ?? throw new InvalidOperationException(Refuse(settings)), Scope), options);
#pragma warning restore OPENAI001
    }

    /// <summary>The address of the interface from that of the resource; one that names the interface already stays.</summary>
    internal static Uri AddressOf(Uri endpoint)
    {
        Uri folder = ProviderHttp.DirectoryOf(endpoint);
        return folder.AbsolutePath.EndsWith($"/{Path}", StringComparison.OrdinalIgnoreCase) ? folder : new(folder, Path);
    }
}
