using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure.AI.OpenAI;
using Azure.Core;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Configuration;
using OpenAI;
using ServiceVersion = Azure.AI.OpenAI.AzureOpenAIClientOptions.ServiceVersion;

namespace HybridAgents.Functions.Providers;

/// <summary>Azure OpenAI's deployments by <c>api-version</c> when one is set, through Azure's own client and for chat only; else <see cref="AzureOpenAIV1"/>.</summary>
/// <param name="v1">The endpoint without versions.</param>
/// <param name="credential">Entra ID, for settings without a key.</param>
internal sealed partial class AzureOpenAIByVersion(AzureOpenAIV1 v1, TokenCredential credential) : IAzureOpenAIConnector
{
    /// <inheritdoc/>
    public string? Refuse(ProviderSettings settings)
    {
        if (settings.ApiVersion is { } version && VersionOf(version) is null)
            return $"Providers:AzureOpenAI:ApiVersion is '{version}'; allowed are {string.Join(", ", Enum.GetNames<ServiceVersion>().Select(TextOf))}, or none for the endpoint /openai/v1/.";
        return v1.Refuse(settings with { ApiVersion = null });
    }

    /// <inheritdoc/>
    public OpenAIClient Connect(ProviderSettings settings, Action<ClientPipelineOptions> setUp)
    {
        if (settings.ApiVersion is not { } text)
            return v1.Connect(settings, setUp);
        AzureOpenAIClientOptions options = new(VersionOf(text) ?? throw new InvalidOperationException(Refuse(settings)));
        setUp(options);
        return settings.ApiKey is { } key
            ? new AzureOpenAIClient(settings.Endpoint, new ApiKeyCredential(key), options)
            : new AzureOpenAIClient(settings.Endpoint, credential, options);
    }

    /// <summary>The version that the client knows by this text, such as <c>2024-10-21</c> or <c>2025-01-01-preview</c>; null if it does not.</summary>
    internal static ServiceVersion? VersionOf(string text)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"V{text.Replace('-', '_')}");
        return VersionPattern().IsMatch(text) && Enum.TryParse(name, ignoreCase: true, out ServiceVersion version) ? version : null;
    }

    private static string TextOf(string name) => name[1..].Replace('_', '-').ToLowerInvariant();

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
