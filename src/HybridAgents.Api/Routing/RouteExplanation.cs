using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;

namespace HybridAgents.Api.Routing;

/// <summary>A routing decision with all that led to it.</summary>
/// <param name="Provider">Who is tried first; null when nobody may serve.</param>
/// <param name="Model">The model that is tried first; null when nobody may serve.</param>
/// <param name="DecisionFactors">What decided, stable codes.</param>
/// <param name="Candidates">Who may serve, best first: the fallback chain.</param>
/// <param name="Rejected">Who may not, each with the reason.</param>
/// <param name="Features">What was measured of the request.</param>
/// <param name="Policy">What the caller wants and the configuration allows.</param>
/// <param name="PriceTableVersion">The version of the prices that were compared.</param>
/// <param name="Profile">What the newest message of the user is for; null for a turn of a run, whose text is not read again.</param>
public sealed record RouteExplanation(
    string? Provider, string? Model, IReadOnlyList<string> DecisionFactors, IReadOnlyList<CandidateView> Candidates, IReadOnlyList<RoutingRejection> Rejected,
    FeaturesView Features, RoutingPolicy Policy, string PriceTableVersion, RequestProfile? Profile)
{
    internal static RouteExplanation Of(RoutingRequest request, RequestProfile? profile = null)
    {
        RoutingDecision decision = Router.Decide(request);
        Dictionary<ModelRef, ModelInfo> known = request.Catalogue.ToDictionary(static model => model.Ref);
        CandidateView[] candidates =
        [
            .. decision.Candidates.Select(candidate => CandidateView.Of(
                candidate, known[candidate.Model], request.Health.GetValueOrDefault(candidate.Model, ModelHealth.Unknown))),
        ];
        return new(
            candidates.FirstOrDefault()?.Provider, candidates.FirstOrDefault()?.Model, decision.Factors, candidates, decision.Rejected,
            FeaturesView.Of(request.Features), request.Policy, decision.PriceTableVersion, profile);
    }
}

/// <summary>A model that may serve.</summary>
/// <param name="Provider">Its provider.</param>
/// <param name="Model">The provider's name of it.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="Score">0 to 1, higher is better.</param>
/// <param name="LatencyMs">Measured mean milliseconds to the first token; null before any call.</param>
/// <param name="ErrorRate">Measured share of failed calls, 0 to 1.</param>
/// <param name="Price">US dollars per million tokens; null when unknown.</param>
public sealed record CandidateView(string Provider, string Model, Locality Locality, double Score, double? LatencyMs, double ErrorRate, ModelPrice? Price)
{
    internal static CandidateView Of(RoutingCandidate candidate, ModelInfo model, ModelHealth health) =>
        new(candidate.Model.Provider, candidate.Model.Model, candidate.Locality, candidate.Score, health.LatencyMs, health.ErrorRate, model.Price);
}

/// <summary>What was measured of a request.</summary>
/// <param name="ComplexityScore">0 to 1.</param>
/// <param name="PromptTokens">Estimated tokens of everything that is sent.</param>
/// <param name="PrivacyLabel">The label: what the caller asks for, raised by the text.</param>
/// <param name="NeedsTools">Whether tools are offered.</param>
/// <param name="NeedsImages">Whether the messages hold images.</param>
/// <param name="MaxOutputTokens">Completion tokens asked for.</param>
public sealed record FeaturesView(double ComplexityScore, int PromptTokens, PrivacyLabel PrivacyLabel, bool NeedsTools, bool NeedsImages, int MaxOutputTokens)
{
    internal static FeaturesView Of(RoutingFeatures features) =>
        new(features.Complexity, features.PromptTokens, features.Label, features.NeedsTools, features.NeedsImages, features.MaxOutputTokens);
}
