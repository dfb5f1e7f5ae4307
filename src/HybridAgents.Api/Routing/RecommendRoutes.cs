using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Routing;

/// <summary>Recommends models by use case.</summary>
public sealed class RecommendRoutes(IModelDirectory directory) : IApiRoutes
{
    internal const string OllamaName = "ollama";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("RecommendModel", "GET", "/api/v1/agents/models/recommend", ApiAccess.Read, RecommendAsync)
        {
            Tag = "Routing", Summary = "Recommends a local and a cloud model for a use case.",
            Query =
            [
                new("use_case", $"Required: {string.Join(", ", UseCases.All)}; any other gets models for everything."),
                new("performance_tier", "low, medium or high; medium by default."),
            ],
            Answers = [new(200, typeof(RecommendationView), "The recommendation.")],
        },
    ];

    private async Task<IResult> RecommendAsync(HttpContext http)
    {
        string useCase = http.QueryText("use_case")
            ?? throw new RequestRefusedException(ApiErrors.Invalid("query.use_case", $"is required; such as: {string.Join(", ", UseCases.All)}"));
        PerformanceTier tier = http.QueryWord<PerformanceTier>("performance_tier") ?? PerformanceTier.Medium;
        string local = ModelRecommendations.Local(useCase, tier);
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        return ApiResults.Json(new RecommendationView(
            local, ModelRecommendations.OpenAI(tier), CapabilitiesView.Of(local), useCase, tier, IsInstalled(local),
            [.. ModelRecommendations.Suited(useCase).Where(model => model != local && IsInstalled(model))]));

        bool IsInstalled(string model) => snapshot.Models.Any(known => known.Ref.Provider == OllamaName && ModelNames.Same(known.Ref.Model, model)
            && snapshot.Health.GetValueOrDefault(known.Ref, ModelHealth.Unknown).Available);
    }
}

/// <summary>Recommended models.</summary>
/// <param name="OllamaRecommendation">The local model.</param>
/// <param name="OpenaiRecommendation">The cloud model.</param>
/// <param name="Capabilities">What the local model can do.</param>
/// <param name="UseCase">The use case asked for.</param>
/// <param name="PerformanceTier">The tier asked for.</param>
/// <param name="Installed">Whether the local model is there now.</param>
/// <param name="Alternatives">Other suitable local models that are there now.</param>
public sealed record RecommendationView(
    string OllamaRecommendation, string OpenaiRecommendation, CapabilitiesView Capabilities, string UseCase, PerformanceTier PerformanceTier, bool Installed,
    IReadOnlyList<string> Alternatives);

/// <summary>What a model can do.</summary>
/// <param name="ContextWindow">Tokens, prompt and completion together.</param>
/// <param name="Strengths">What it is good at.</param>
/// <param name="SupportsTools">Whether tools work with it, natively or by emulation.</param>
/// <param name="RecommendedTemperature">The temperature when the caller gives none.</param>
/// <param name="ApproximateSpeed">Its speed class.</param>
public sealed record CapabilitiesView(int ContextWindow, IReadOnlyList<string> Strengths, bool SupportsTools, double? RecommendedTemperature, ModelSpeed ApproximateSpeed)
{
    internal static CapabilitiesView Of(string model)
    {
        ModelInfo info = ModelCatalogue.Describe(new(RecommendRoutes.OllamaName, model), Locality.Local);
        return new(info.ContextWindow, ModelCatalogue.Strengths(model), info.SupportsTools, info.RecommendedTemperature, info.Speed);
    }
}
