using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>A model that may serve the request.</summary>
/// <param name="Model">The model.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="Score">0 to 1, higher is better.</param>
public readonly record struct RoutingCandidate(ModelRef Model, Locality Locality, double Score);

/// <summary>A model that may not, and why.</summary>
/// <param name="Candidate">The form <c>provider:model</c>, or what was asked for when the catalogue has no such model or provider.</param>
/// <param name="Reason">One of <see cref="RejectionReasons"/>.</param>
public sealed record RoutingRejection(string Candidate, string Reason);

/// <summary>An ordered choice with its reasons. The first candidate is tried first; the others are the fallback chain.</summary>
public sealed record RoutingDecision
{
    /// <summary>Gets who may serve, best first; empty when nobody may.</summary>
    public required IReadOnlyList<RoutingCandidate> Candidates { get; init; }

    /// <summary>Gets who may not.</summary>
    public required IReadOnlyList<RoutingRejection> Rejected { get; init; }

    /// <summary>Gets what decided, each one of <see cref="RoutingFactors"/>.</summary>
    public required IReadOnlyList<string> Factors { get; init; }

    /// <summary>Gets the measured complexity.</summary>
    public required double Complexity { get; init; }

    /// <summary>Gets the label that was applied.</summary>
    public required PrivacyLabel Label { get; init; }

    /// <summary>Gets the estimated prompt tokens.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Gets the version of the prices that were compared.</summary>
    public required string PriceTableVersion { get; init; }
}
