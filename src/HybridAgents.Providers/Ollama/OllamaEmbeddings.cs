using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Ollama;

/// <summary>Vectors by the server's own <c>/api/embed</c>. A text that does not fit the model's window is refused, not cut.</summary>
/// <param name="settings">The provider.</param>
/// <param name="api">The server.</param>
internal sealed class OllamaEmbeddings(ProviderSettings settings, OllamaApi api) : IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        OllamaEmbedRequest request = new(options?.ModelId ?? "", [.. values], options?.Dimensions) { KeepAlive = settings.KeepAlive };
        OllamaEmbedding answer = await api.EmbedAsync(new(settings.Name, request.Model), request, cancellationToken);
        return new((answer.Embeddings ?? []).Select(static vector => new Embedding<float>(vector)))
        {
            Usage = answer.PromptEvalCount is { } tokens ? new() { InputTokenCount = tokens, TotalTokenCount = tokens } : null,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
