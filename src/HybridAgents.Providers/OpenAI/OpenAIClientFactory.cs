using System.ClientModel;
using System.ClientModel.Primitives;
using HybridAgents.Providers.Configuration;
using OpenAI;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Sets the SDK up so that retries and time-outs are the pipeline's alone.</summary>
internal static class OpenAIClientFactory
{
    /// <summary>The SDK demands a key; services that need none ignore it.</summary>
    private const string NoKey = "none";

    public static OpenAIClient Create(ProviderSettings settings, HttpClient http) => new(new ApiKeyCredential(settings.ApiKey ?? NoKey), new OpenAIClientOptions
    {
        Endpoint = settings.Endpoint,
        OrganizationId = settings.Organization,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        Transport = new HttpClientPipelineTransport(http),
        ClientLoggingOptions = new() { EnableLogging = false },
    });
}
