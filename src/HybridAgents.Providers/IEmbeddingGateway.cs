using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers;

/// <summary>The only way to vectors of texts.</summary>
public interface IEmbeddingGateway
{
    /// <summary>The models of that name, in order of preference: by <c>provider:model</c> one at most, by a bare name one at each provider that has it. A provider that does not answer has none.</summary>
    Task<IReadOnlyList<ModelInfo>> FindAsync(string model, CancellationToken cancellationToken);

    /// <summary>Calls the model that the request names, through the same pipeline as chats; more texts than the provider takes at once go in several calls, one after the other.</summary>
    /// <param name="request">Cleared for the destination <c>provider:model</c>; another destination, or a locality that no longer holds, is refused.</param>
    /// <param name="cancellationToken">Aborts the call.</param>
    /// <exception cref="ProviderException">The call failed, or the answer has not a vector for each text.</exception>
    Task<EmbeddingAnswer> EmbedAsync(Cleared<EmbeddingRequest> request, CancellationToken cancellationToken);
}
