using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Http;

/// <summary>Decides where an endpoint is, seen from the data.</summary>
internal static class EndpointLocality
{
    /// <summary>Local when trusted, or when a provider of a local kind is addressed on loopback; cloud otherwise.</summary>
    /// <param name="settings">The provider.</param>
    /// <param name="localKind">Whether its kind runs models itself. The cloud kinds are cloud wherever they point: a loopback address may be a tunnel.</param>
    public static Locality Of(ProviderSettings settings, bool localKind) =>
        settings.Trusted || (localKind && settings.Endpoint.IsLoopback) ? Locality.Local : Locality.Cloud;
}
