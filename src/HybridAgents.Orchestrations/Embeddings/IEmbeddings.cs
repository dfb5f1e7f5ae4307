using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Embeddings;

/// <summary>Vectors of texts: cleared, reserved for and recorded as chats are. Vectors of different models do not compare, so another provider is asked for the same model only.</summary>
public interface IEmbeddings
{
    /// <summary>Makes a vector of each text.</summary>
    /// <exception cref="ChatException">Nobody could or may serve.</exception>
    Task<EmbeddingAnswer> EmbedAsync(EmbeddingCall call, RunCaller caller, CancellationToken cancellationToken);
}

/// <summary>A validated request for vectors.</summary>
/// <param name="Model"><c>provider:model</c> or a bare name.</param>
/// <param name="Texts">At least one, none empty.</param>
/// <param name="Dimensions">The length of the vectors; null leaves it to the model.</param>
/// <param name="Routing">How the provider is chosen.</param>
public sealed record EmbeddingCall(string Model, IReadOnlyList<string> Texts, int? Dimensions, RoutingPreferences Routing);
