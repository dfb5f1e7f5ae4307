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
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ModelRequest call = request.Value;
        if (!registry.TryFind(call.Model.Provider, out ModelProvider? provider))
            throw new ProviderException(call.Model, ProviderFault.ModelNotFound, $"There is no provider '{call.Model.Provider}'; enabled are {Names()}.");
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

    private static async ValueTask DemandClearanceAsync(Destination cleared, ModelRef model, IModelSource source, CancellationToken cancellationToken)
    {
        if (!string.Equals(cleared.Name, model.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new ProviderException(model, ProviderFault.Rejected, $"The request was cleared for {cleared.Name}, not for {model}.");
        if (cleared.Locality == Locality.Local && await source.GetLocalityAsync(model.Model, cancellationToken) != Locality.Local)
            throw new ProviderException(model, ProviderFault.Rejected, $"The request was cleared for a local model, and {model} is not local.");
    }

    private string Names() => string.Join(", ", registry.Providers.Select(provider => provider.Name));
}
