using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>What a turn will send, and to whom.</summary>
internal sealed record TurnPlan
{
    /// <summary>How many rejections are kept: catalogues may be long, and a run keeps one list a turn.</summary>
    private const int MaxRejected = 20;

    public required IReadOnlyList<Message> Messages { get; init; }

    public required IReadOnlyList<ToolSpec> Tools { get; init; }

    /// <summary>Gets the models to try, best first; empty when <see cref="Error"/> is set.</summary>
    public required IReadOnlyList<ModelInfo> Candidates { get; init; }

    /// <summary>Gets the model to try first.</summary>
    public ModelInfo? First => Candidates.Count > 0 ? Candidates[0] : null;

    public required RoutingDecision Decision { get; init; }

    /// <summary>Gets what <see cref="Decision"/> was made of.</summary>
    public required StoredRouting Routing { get; init; }

    /// <summary>Gets the most completion tokens.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>Gets the names of offered tools that must not run beside others.</summary>
    public required IReadOnlySet<string> Sequential { get; init; }

    /// <summary>Gets how many messages did not fit the window.</summary>
    public int Dropped { get; init; }

    /// <summary>Gets why nobody may serve; null when somebody may.</summary>
    public RunError? Error { get; init; }

    /// <summary>The part that is kept with the step and shown with the run.</summary>
    public RoutingView ToView(int turn) => new(
        turn, First?.Ref.Provider, First?.Ref.Model,
        RoutingMetrics(Decision), []);

    /// <summary>Why a model was chosen, as it is shown.</summary>
    public static RoutingMetricsView RoutingMetrics(RoutingDecision decision) =>
        new(decision.Complexity, Impact(decision.Label), decision.Factors, [.. decision.Rejected.Take(MaxRejected)], decision.PriceTableVersion);

    /// <summary>The fields of the event <c>route.decided</c>.</summary>
    public object ToRouteEvent(int turn) => new
    {
        turn,
        candidates = Candidates.Select(candidate => candidate.Ref.ToString()),
        decision_factors = Decision.Factors,
        complexity_score = Decision.Complexity,
        privacy_impact = Impact(Decision.Label),
        prompt_tokens = Decision.PromptTokens,
        rejected = Decision.Rejected.Take(MaxRejected),
        dropped_messages = Dropped == 0 ? (int?)null : Dropped,
    };

    private static string Impact(PrivacyLabel label) => label switch
    {
        PrivacyLabel.Standard => "low",
        PrivacyLabel.Private => "high",
        _ => "max",
    };
}
