using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers;

/// <summary>The only way to a model.</summary>
public interface IModelGateway
{
    /// <summary>Calls the model that the request names, through the whole pipeline.</summary>
    /// <param name="request">Cleared for the destination <c>provider:model</c>; another destination, or a locality that no longer holds, is refused.</param>
    /// <param name="cancellationToken">Aborts the call: the provider's socket is closed at once.</param>
    /// <exception cref="ProviderException">The call failed. Text already yielded is void: the caller starts the message again.</exception>
    IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, CancellationToken cancellationToken);
}

/// <summary>What models there are now, and how they do.</summary>
public interface IModelDirectory
{
    /// <summary>Every model of every enabled provider, in order of preference. Lists are cached (60 s); a provider that is down contributes its configured model as unavailable.</summary>
    ValueTask<ModelSnapshot> GetAsync(CancellationToken cancellationToken);
}

/// <summary>What is remembered of providers' models.</summary>
public interface IModelLists
{
    /// <summary>Asks the provider again when its models are next wanted: they have changed.</summary>
    void Forget(string provider);
}

/// <summary>The router's view of the models at one moment.</summary>
/// <param name="Models">In order of preference.</param>
/// <param name="Health">By model.</param>
public sealed record ModelSnapshot(IReadOnlyList<ModelInfo> Models, IReadOnlyDictionary<ModelRef, Core.Routing.ModelHealth> Health)
{
    /// <summary>Gets the version of the models' prices.</summary>
    public string PriceTableVersion { get; init; } = ModelCatalogue.PriceTableVersion;
}
