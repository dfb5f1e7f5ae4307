using System.Runtime.InteropServices;
using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Routing;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Embeddings;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Embeddings;

/// <summary>Vectors in OpenAI's form.</summary>
public sealed class EmbeddingRoutes(IEmbeddings embeddings) : IApiRoutes
{
    private const int MaxTexts = 2048;

    private static readonly TextSchema Text = new(1, JsonBody.OpenAILimit);

    private static readonly ObjectSchema Body = new(
        new Field("model", new TextSchema(1, 255), Required: true),
        new Field("input", new TextOrListSchema(Text, new ListSchema(Text, 1, MaxTexts)), Required: true),
        new Field("dimensions", new IntegerSchema(1, 16_384)),
        new Field("encoding_format", TextSchema.OneOf("float", "base64")),
        new Field("routing_preferences", RoutingPreferencesBody.Schema),
        new Field("auth_override", new UnsupportedSchema("configure the provider's key")))
    { Open = true };

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("CreateEmbeddings", "POST", "/v1/embeddings", ApiAccess.Write, EmbedAsync)
        {
            Tag = "Chat",
            Summary = "Turns texts into vectors, as OpenAI's endpoint of that path does. `model` is `provider:model` or a bare name; `input` is a text or up to 2048 of them. Private text goes to local models only.",
            OpenAI = true, Body = Body, Answers = [new(200, typeof(EmbeddingList), "A vector for each text, in order.")], Errors = [404, 413, 422, 429, 502, 503, 504],
        },
    ];

    private async Task<IResult> EmbedAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body, limit: JsonBody.OpenAILimit);
        JsonElement input = body.Root.GetProperty("input");
        RoutingPreferences routing = body.Root.Field("routing_preferences") is { } preferences ? RoutingPreferencesBody.Read(preferences, new()) : new();
        EmbeddingCall call = new(
            body.Root.Text("model")!,
            input.ValueKind == JsonValueKind.String ? [input.GetString()!] : [.. input.EnumerateArray().Select(static text => text.GetString()!)],
            body.Root.Integer("dimensions"), routing);
        bool packed = body.Root.Text("encoding_format") == "base64";
        try
        {
            return ApiResults.Json(EmbeddingList.From(await embeddings.EmbedAsync(call, ApiCaller.Of(http).ToRunCaller(), http.RequestAborted), packed));
        }
        catch (ChatException failure)
        {
            return ApiResults.Error(ChatErrors.Of(failure));
        }
    }
}

/// <summary>Vectors as OpenAI writes them.</summary>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Data">In the order of the texts.</param>
/// <param name="Model">The model.</param>
/// <param name="Provider">Whose it is.</param>
/// <param name="Usage">Tokens.</param>
public sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, string Provider, EmbeddingUsage Usage)
{
    internal static EmbeddingList From(EmbeddingAnswer answer, bool packed) => new(
        "list",
        [.. answer.Vectors.Select((vector, index) => new EmbeddingItem("embedding", index, packed ? Convert.ToBase64String(MemoryMarshal.AsBytes(vector.Span)) : vector.ToArray()))],
        answer.Model.Model, answer.Model.Provider, new(answer.Usage.PromptTokens, answer.Usage.TotalTokens));
}

/// <summary>One vector.</summary>
/// <param name="Object"><c>embedding</c>.</param>
/// <param name="Index">The place of its text.</param>
/// <param name="Embedding">Its numbers, or little-endian 32-bit floats in base 64.</param>
public sealed record EmbeddingItem(string Object, int Index, object Embedding);

/// <summary>Tokens of texts.</summary>
public sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);
