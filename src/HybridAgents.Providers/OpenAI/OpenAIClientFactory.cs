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

    public static OpenAIClient Create(ProviderSettings settings, HttpClient http)
    {
        OpenAIClientOptions options = new() { Endpoint = settings.Endpoint, OrganizationId = settings.Organization };
        SetUp(options, http);
        return new(new ApiKeyCredential(settings.ApiKey ?? NoKey), options);
    }

    public static void SetUp(ClientPipelineOptions options, HttpClient http)
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Transport = new HttpClientPipelineTransport(http);
        options.ClientLoggingOptions = new() { EnableLogging = false };
    }
}
