using Anthropic;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Anthropic;

/// <summary>Sets the SDK up so that retries and time-outs are the pipeline's alone, and so that it looks for no credentials of its own.</summary>
internal static class AnthropicClientFactory
{
    /// <summary>Longer than the pipeline ever waits; the SDK tells the service its limit, so it must be one.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    public static AnthropicClient Create(ProviderSettings settings, HttpClient http) => new(new()
    {
        HttpClient = http,
        BaseUrl = settings.Endpoint.AbsoluteUri.TrimEnd('/'),
        ApiKey = settings.ApiKey,
        MaxRetries = 0,
        Timeout = Never,
    });
}
