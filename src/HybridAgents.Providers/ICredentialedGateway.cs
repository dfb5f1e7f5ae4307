using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers;

/// <summary>Calls models with a caller's own credential. Breakers, estimates and remembered answers are neither used nor changed: they are of the host's credential.</summary>
public interface ICredentialedGateway
{
    /// <summary>Describes a model that can be called with such a credential, listed or not.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The model; null for the provider's default.</param>
    /// <returns>Null if there is no such provider, if it is off or has no address, or if it has no default.</returns>
    ModelInfo? Describe(string provider, string? model);

    /// <summary>Calls the model that the request names, with the credential.</summary>
    /// <param name="request">Cleared for the destination <c>provider:model</c>.</param>
    /// <param name="credential">Used for this call only, on connections of its own.</param>
    /// <param name="cancellationToken">Aborts the call.</param>
    /// <exception cref="ProviderException">The call failed. The message does not hold the credential.</exception>
    IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, ProviderCredential credential, CancellationToken cancellationToken);
}
