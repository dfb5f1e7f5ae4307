using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.InteropServices;
using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;
using OpenAI;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Vectors of OpenAI, or of a service that speaks its language.</summary>
/// <remarks>The SDK's own types ask for packed vectors and take no others; several services send numbers whatever they are asked for, or refuse the question. Both forms are read here.</remarks>
/// <param name="settings">The provider.</param>
/// <param name="client">The SDK's client.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIEmbeddings(ProviderSettings settings, OpenAIClient client, TimeProvider time) : IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ModelRef model = new(settings.Name, options?.ModelId ?? "");
        try
        {
            ClientResult answer = await client.GetEmbeddingClient(model.Model).GenerateEmbeddingsAsync(Body(model.Model, values, options), new RequestOptions { CancellationToken = cancellationToken });
            return Read(answer.GetRawResponse().Content);
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

    private BinaryContent Body(string model, IEnumerable<string> texts, EmbeddingGenerationOptions? options)
    {
        Dictionary<string, object> body = new() { ["model"] = model, ["input"] = texts };
        if (options?.Dimensions is { } dimensions)
            body["dimensions"] = dimensions;
        if (settings.Kind.Profile.PackedVectors)
            body["encoding_format"] = "base64";
        return BinaryContent.Create(BinaryData.FromObjectAsJson(body));
    }

    /// <exception cref="KeyNotFoundException">It is not a list of vectors.</exception>
    private static GeneratedEmbeddings<Embedding<float>> Read(BinaryData content)
    {
        using JsonDocument json = JsonDocument.Parse(content);
        IEnumerable<JsonElement> data = json.RootElement.GetProperty("data").EnumerateArray();
        GeneratedEmbeddings<Embedding<float>> made =
            new(data.OrderBy(static item => item.TryGetProperty("index", out JsonElement index) ? index.GetInt32() : 0).Select(static item => new Embedding<float>(VectorOf(item.GetProperty("embedding")))));
        if (json.RootElement.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty("prompt_tokens", out JsonElement tokens))
            made.Usage = new() { InputTokenCount = tokens.GetInt64(), TotalTokenCount = tokens.GetInt64() };
        return made;
    }

    private static float[] VectorOf(JsonElement vector) => vector.ValueKind == JsonValueKind.String
        ? MemoryMarshal.Cast<byte, float>(vector.GetBytesFromBase64()).ToArray()
        : [.. vector.EnumerateArray().Select(static number => number.GetSingle())];
}
