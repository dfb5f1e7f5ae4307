using HybridAgents.Core.Models;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;
using WireOptions = OpenAI.Embeddings.EmbeddingGenerationOptions;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Vectors of OpenAI, or of a service that speaks its language.</summary>
/// <param name="settings">The provider.</param>
/// <param name="client">The SDK's client.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIEmbeddings(ProviderSettings settings, OpenAIClient client, TimeProvider time) : IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ModelRef model = new(settings.Name, options?.ModelId ?? "");
        try
        {
            OpenAIEmbeddingCollection answer = await client.GetEmbeddingClient(model.Model)
                .GenerateEmbeddingsAsync(values, new WireOptions { Dimensions = options?.Dimensions }, cancellationToken);
            return new(answer.OrderBy(static vector => vector.Index).Select(static vector => new Embedding<float>(vector.ToFloats())))
            {
                Usage = answer.Usage is { } usage ? new() { InputTokenCount = usage.InputTokenCount, TotalTokenCount = usage.TotalTokenCount } : null,
            };
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && OpenAIFaults.Translate(model, error, answered: false, settings.ApiKey, time.GetUtcNow()) is { } fault)
        {
            throw fault;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
