using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Http;

/// <summary>Decides where an endpoint is, seen from the data.</summary>
internal static class EndpointLocality
{
    /// <summary>Local when trusted, or when a provider of a kind that runs models itself is addressed on loopback; cloud otherwise.</summary>
    public static Locality Of(ProviderSettings settings) =>
        settings.Trusted || (settings.Kind.RunsModels && settings.Endpoint.IsLoopback) ? Locality.Local : Locality.Cloud;
}
