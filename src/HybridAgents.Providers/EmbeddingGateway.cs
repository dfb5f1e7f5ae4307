using System.Collections.Concurrent;
using System.Diagnostics;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers;

/// <inheritdoc cref="IEmbeddingGateway"/>
internal sealed class EmbeddingGateway(ProviderRegistry registry, IOptions<ProvidersOptions> options, TimeProvider time) : IEmbeddingGateway
{
    private const int MaxRemembered = 1000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(ModelProvider Provider, string Model), (ModelInfo Info, long At)> _known = new();

    public async Task<IReadOnlyList<ModelInfo>> FindAsync(string model, CancellationToken cancellationToken)
    {
        int colon = model.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && registry.TryFind(model[..colon], out ModelProvider? named))
            return await FindAsync(named, model[(colon + 1)..], cancellationToken) is { } one ? [one] : [];
        List<ModelInfo> found = [];
        foreach (ModelProvider provider in registry.Providers)
        {
            if (await FindAsync(provider, model, cancellationToken) is { } info)
                found.Add(info);
        }

        return found;
    }

    public async Task<EmbeddingAnswer> EmbedAsync(Cleared<EmbeddingRequest> request, CancellationToken cancellationToken)
    {
        EmbeddingRequest call = request.Value;
        if (!registry.TryFind(call.Model.Provider, out ModelProvider? provider) || provider.Embedder is not { } embedder)
            throw new ProviderException(call.Model, ProviderFault.ModelNotFound, $"There is no provider '{call.Model.Provider}' that makes vectors.");
        await ModelGateway.DemandClearanceAsync(request.Destination, call.Model, provider.Source, cancellationToken);

        TagList tags = new() { { GenAiTelemetry.Operation, GenAiTelemetry.Embeddings }, { GenAiTelemetry.Provider, provider.Name }, { GenAiTelemetry.RequestModel, call.Model.Model } };
        using Activity? span = GenAiTelemetry.Source.StartActivity(ActivityKind.Client, tags: tags, name: $"{GenAiTelemetry.Embeddings} {call.Model.Model}");
        long begun = time.GetTimestamp();
        TimeSpan most = options.Value.Timeouts.FirstToken;
        using CancellationTokenSource limit = new(most, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            GeneratedEmbeddings<Embedding<float>> made = await embedder.GenerateAsync(call.Texts, new() { ModelId = call.Model.Model, Dimensions = call.Dimensions }, either.Token);
            if (made.Count != call.Texts.Count)
                throw new ProviderException(call.Model, ProviderFault.Malformed, $"The answer has {made.Count} vectors for {call.Texts.Count} texts.");
            return new(call.Model, [.. made.Select(static vector => vector.Vector)], UsageOf(made, call));
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw new ProviderException(call.Model, ProviderFault.Timeout, $"The call took longer than {most.TotalSeconds} s.", error);
        }
        finally
        {
            GenAiTelemetry.Duration.Record(time.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    private async Task<ModelInfo?> FindAsync(ModelProvider provider, string model, CancellationToken cancellationToken)
    {
        if (provider.Embedder is null || model.Length == 0)
            return null;
        if (_known.TryGetValue((provider, model), out (ModelInfo Info, long At) known) && time.GetElapsedTime(known.At) < Lifetime)
            return known.Info;
        try
        {
            if (await provider.Source.ShowAsync(model, cancellationToken) is not { } info)
                return null;
            if (_known.Count >= MaxRemembered)
                _known.Clear();
            _known[(provider, model)] = (info, time.GetTimestamp());
            return info;
        }
        catch (ProviderException)
        {
            return null;
        }
    }

    private static TokenUsage UsageOf(GeneratedEmbeddings<Embedding<float>> made, EmbeddingRequest call) => made.Usage?.InputTokenCount is { } tokens
        ? new((int)tokens, 0)
        : new(call.Texts.Sum(TokenEstimator.Estimate), 0, Estimated: true);
}
