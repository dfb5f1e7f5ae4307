using System.Collections.Concurrent;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;
using HybridAgents.Providers.Embeddings;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers;

/// <inheritdoc cref="IEmbeddingGateway"/>
internal sealed class EmbeddingGateway(ProviderRegistry registry, TimeProvider time) : IEmbeddingGateway
{
    private const int MaxRemembered = 1000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>A model that was not there may be soon, and so may a provider that did not answer.</summary>
    private static readonly TimeSpan AbsenceLifetime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(ModelProvider Provider, string Model), (ModelInfo? Info, long At)> _known = new();

    public async Task<IReadOnlyList<ModelInfo>> FindAsync(string model, CancellationToken cancellationToken)
    {
        int colon = model.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && registry.TryFind(model[..colon], out ModelProvider? named))
            return await FindAsync(named, model[(colon + 1)..], cancellationToken) is { } one ? [one] : [];
        IEnumerable<ModelProvider> mayHaveIt = registry.Providers.Where(provider => provider.Settings.Kind.ListsModels || provider.Settings.Model == model);
        ModelInfo?[] found = await Task.WhenAll(mayHaveIt.Select(provider => FindAsync(provider, model, cancellationToken)));
        return [.. found.OfType<ModelInfo>()];
    }

    public async Task<EmbeddingAnswer> EmbedAsync(Cleared<EmbeddingRequest> request, CancellationToken cancellationToken)
    {
        EmbeddingRequest call = request.Value;
        if (!registry.TryFind(call.Model.Provider, out ModelProvider? provider) || !provider.MakesVectors)
            throw new ProviderException(call.Model, ProviderFault.ModelNotFound, $"There is no provider '{call.Model.Provider}' that makes vectors.");
        await ModelGateway.DemandClearanceAsync(request.Destination, call.Model, provider.Source, cancellationToken);
        List<ReadOnlyMemory<float>> vectors = new(call.Texts.Count);
        TokenUsage used = default;
        foreach (string[] batch in call.Texts.Chunk(provider.Settings.Kind.VectorBatch))
        {
            VectorOptions options = new() { Request = call with { Texts = batch }, Label = request.Label, ModelId = call.Model.Model };
            TokenUsage? reported = null;
            await foreach (ChatResponseUpdate update in provider.Client.GetStreamingResponseAsync([], options, cancellationToken))
            {
                foreach (AIContent content in update.Contents)
                {
                    if (content is VectorContent made)
                        vectors.AddRange(made.Vectors);
                    else if (content is UsageContent { Details.InputTokenCount: { } tokens })
                        reported = new((int)tokens, 0);
                }
            }

            used += reported ?? new(batch.Sum(TokenEstimator.Estimate), 0, Estimated: true);
        }

        return new(call.Model, vectors, used);
    }

    private async Task<ModelInfo?> FindAsync(ModelProvider provider, string model, CancellationToken cancellationToken)
    {
        if (!provider.MakesVectors || model.Length == 0)
            return null;
        if (_known.TryGetValue((provider, model), out (ModelInfo? Info, long At) known) && time.GetElapsedTime(known.At) < (known.Info is null ? AbsenceLifetime : Lifetime))
            return known.Info;
        ModelInfo? found = await AskAsync(provider, model, cancellationToken);
        if (_known.Count >= MaxRemembered)
            _known.Clear();
        _known[(provider, model)] = (found, time.GetTimestamp());
        return found;
    }

    /// <summary>What the provider says of the model; null for a provider that does not answer, or not in time.</summary>
    private async Task<ModelInfo?> AskAsync(ModelProvider provider, string model, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await provider.Source.ShowAsync(model, either.Token);
        }
        catch (Exception error) when (error is ProviderException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
