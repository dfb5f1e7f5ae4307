using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Models;

/// <summary>The models that runs can use.</summary>
public sealed class ModelRoutes(IModelDirectory directory) : IApiRoutes
{
    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListModels", "GET", "/api/v1/models", ApiAccess.Read, ListAsync)
        {
            Tag = "Models", Summary = "Lists the models of every enabled provider, in order of preference.", Query = [new("provider", "Only this provider's models.")],
            Answers = [new(200, typeof(ModelList), "The models.")],
        },
        new("GetModel", "GET", "/api/v1/models/{model}", ApiAccess.Read, GetAsync)
        {
            Tag = "Models", Summary = "Shows one model, by `provider:model` or by its bare name; a slash in it is written %2F.",
            Answers = [new(200, typeof(ModelView), "The model.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        string? provider = http.QueryText("provider");
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        return ApiResults.Json(new ModelList([.. snapshot.Models
            .Where(model => provider is null || model.Ref.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))
            .Select(model => View(model, snapshot))]));
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        string name = ModelLookup.NameOf(http);
        return ModelLookup.Find(snapshot, name) is { } model
            ? ApiResults.Json(View(model, snapshot))
            : ApiResults.Error(ApiErrors.NotFound($"There is no model '{ApiErrors.Shorten(name)}'; GET /api/v1/models lists what there is."));
    }

    private static ModelView View(ModelInfo model, ModelSnapshot snapshot) => ModelView.From(model, snapshot.Health.GetValueOrDefault(model.Ref, ModelHealth.Unknown));
}

/// <summary>Models, in order of preference.</summary>
public sealed record ModelList(IReadOnlyList<ModelView> Models);

/// <summary>What is known of a model.</summary>
/// <param name="Id">The form <c>provider:model</c>, as requests name it.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The provider's own name of it.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="Available">Whether it can be called now.</param>
/// <param name="ContextWindow">Tokens, prompt and completion together.</param>
/// <param name="MaxOutputTokens">The most completion tokens; null when only the window bounds them.</param>
/// <param name="SupportsTools">Whether tools work with it.</param>
/// <param name="SupportsImages">Whether it sees images.</param>
/// <param name="Strengths">What it is good at; empty for a model that nobody has described.</param>
/// <param name="RecommendedTemperature">The temperature when the caller gives none; null for one that takes none.</param>
/// <param name="Speed">Its speed class.</param>
/// <param name="LatencyMs">Measured mean latency; null before any call.</param>
/// <param name="Price">US dollars per million tokens; null when unknown.</param>
/// <param name="LocalCounterpart">The local model that stands for it; null for a local one.</param>
/// <param name="CloudCounterpart">The cloud model whose price its savings are reckoned with; null for a cloud one, and for the built-in one.</param>
public sealed record ModelView(
    string Id, string Provider, string Model, Locality Locality, bool Available, int ContextWindow, int? MaxOutputTokens, bool SupportsTools, bool SupportsImages,
    IReadOnlyList<string> Strengths, double? RecommendedTemperature, ModelSpeed Speed, double? LatencyMs, ModelPrice? Price, string? LocalCounterpart, string? CloudCounterpart)
{
    internal static ModelView From(ModelInfo model, ModelHealth health) => new(
        model.Ref.ToString(), model.Ref.Provider, model.Ref.Model, model.Locality, health.Available, model.ContextWindow, model.MaxOutputTokens, model.SupportsTools,
        model.SupportsImages, ModelCatalogue.Strengths(model.Ref.Model), model.RecommendedTemperature, model.Speed, health.LatencyMs, model.Price,
        model.Locality == Locality.Cloud ? ModelCounterparts.LocalFor(model) : null,
        model is { Locality: Locality.Local, LastResort: false } ? ModelCounterparts.CloudFor(model).Ref.ToString() : null);
}
