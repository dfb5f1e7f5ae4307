using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers;

/// <summary>What a provider says of its models, beside the chat client that calls them. Stateless but for caches; safe for concurrent use.</summary>
public interface IModelSource
{
    /// <summary>Gets where its models run, unless one of them is known to run elsewhere.</summary>
    Locality Locality { get; }

    /// <summary>Lists the models that can chat, as the provider names them.</summary>
    /// <exception cref="ProviderException">The provider did not answer, or refused.</exception>
    Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Describes one model; null if the provider does not have it.</summary>
    /// <exception cref="ProviderException">The provider did not answer, or refused.</exception>
    Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken);

    /// <summary>Where the model runs now: cloud unless proven local. Answers from memory when it can.</summary>
    ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken);

    /// <summary>Reaches the provider with its credentials.</summary>
    /// <exception cref="ProviderException">The provider did not answer, or refused.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
