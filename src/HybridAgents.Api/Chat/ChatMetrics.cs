using System.Text.Json.Serialization;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Chat;

/// <summary>Why a model answered.</summary>
/// <param name="ComplexityScore">0 to 1.</param>
/// <param name="PrivacyImpact"><c>low</c> (standard), <c>high</c> (private) or <c>max</c> (local_only).</param>
/// <param name="DecisionFactors">Stable codes.</param>
/// <param name="Rejected">Candidates left out, with the reason of each.</param>
/// <param name="Attempts">The models that failed before.</param>
/// <param name="PriceTableVersion">The version of the prices that were compared.</param>
/// <param name="Candidates">Who could have answered, best first; only when asked for.</param>
public sealed record ChatMetrics(
    double ComplexityScore, string PrivacyImpact, IReadOnlyList<string> DecisionFactors, IReadOnlyList<RoutingRejection> Rejected, IReadOnlyList<AttemptView> Attempts,
    string PriceTableVersion, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CandidateView>? Candidates)
{
    internal static ChatMetrics Of(ChatOrigin origin, bool explain)
    {
        RoutingMetricsView metrics = origin.Metrics;
        return new(
            metrics.ComplexityScore, metrics.PrivacyImpact, metrics.DecisionFactors, explain ? origin.Decision.Rejected : metrics.Rejected, origin.Attempts, metrics.PriceTableVersion,
            explain ? [.. origin.Decision.Candidates.Select(static candidate => new CandidateView(candidate.Model.ToString(), candidate.Locality, candidate.Score))] : null);
    }
}

/// <summary>A model that could have answered.</summary>
/// <param name="Candidate">The form <c>provider:model</c>.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="Score">0 to 1, higher is better.</param>
public sealed record CandidateView(string Candidate, Core.Privacy.Locality Locality, double Score);
