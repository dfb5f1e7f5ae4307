using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers;

/// <inheritdoc cref="IModelGateway"/>
/// <remarks>A value that was cleared for one model is never sent to another, and one cleared for a local model never leaves after that model has become a remote one.</remarks>
internal sealed class ModelGateway(ProviderRegistry registry) : IModelGateway
{
    public IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, CancellationToken cancellationToken)
    {
        ModelRef model = request.Value.Model;
        return registry.TryFind(model.Provider, out ModelProvider? provider)
            ? StreamAsync(provider, request, cancellationToken)
            : throw new ProviderException(model, ProviderFault.ModelNotFound, $"There is no provider '{model.Provider}'; enabled are {Names()}.");
    }

    /// <summary>Calls a model of that provider.</summary>
    public static async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelProvider provider, Cleared<ModelRequest> request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ModelRequest call = request.Value;
        await DemandClearanceAsync(request.Destination, call.Model, provider.Source, cancellationToken);

        ModelUpdateMapper mapper = new(call);
        IAsyncEnumerable<ChatResponseUpdate> updates =
            provider.Client.GetStreamingResponseAsync(ChatRequestMapper.ToMessages(call), ChatRequestMapper.ToOptions(call, request.Label), cancellationToken);
        await foreach (ChatResponseUpdate update in updates)
        {
            foreach (ModelUpdate mapped in mapper.Map(update))
                yield return mapped;
        }

        yield return mapper.Finish();
    }

    /// <summary>Refuses what was cleared for another model, or for a local one that is local no more.</summary>
    public static async ValueTask DemandClearanceAsync(Destination cleared, ModelRef model, IModelSource source, CancellationToken cancellationToken)
    {
        if (!string.Equals(cleared.Name, model.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new ProviderException(model, ProviderFault.Rejected, $"The request was cleared for {cleared.Name}, not for {model}.");
        if (cleared.Locality == Locality.Local && await source.GetLocalityAsync(model.Model, cancellationToken) != Locality.Local)
            throw new ProviderException(model, ProviderFault.Rejected, $"The request was cleared for a local model, and {model} is not local.");
    }

    private string Names() => string.Join(", ", registry.Providers.Select(provider => provider.Name));
}
