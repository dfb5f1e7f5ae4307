using System.Text.Json;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>Why a call is not paid for.</summary>
/// <param name="Reason"><see cref="RejectionReasons.Budget"/> or <see cref="RejectionReasons.PriceUnknown"/>.</param>
/// <param name="Budget">Whose bound it is: <c>run</c>, <c>key</c> or <c>agent</c>.</param>
/// <param name="AgentId">The agent; null unless it is an agent's.</param>
/// <param name="Limit">One of <see cref="BudgetLimits"/>.</param>
/// <param name="Allowed">The bound.</param>
internal sealed record BudgetRefusal(string Reason, string Budget, string? AgentId, string Limit, decimal Allowed)
{
    /// <summary>The run's own limits, as bounds are named.</summary>
    public const string OfRun = "run";

    public static BudgetRefusal Of(BudgetAccount? account, string limit, decimal allowed, string reason = RejectionReasons.Budget) =>
        new(reason, account?.Owner ?? OfRun, account?.AgentId, limit, allowed);

    /// <summary>The error of a run or chat that can go on with nobody.</summary>
    /// <param name="decision">The decision that left nobody; null if a call was refused after it.</param>
    public RunError ToError(RoutingDecision? decision = null) => new(
        RunErrorCodes.BudgetExceeded,
        $"No model can serve within what the {(AgentId is null ? Budget : $"agent '{AgentId}'")} may still spend ({Limit}).",
        JsonSerializer.SerializeToElement(new { Budget, AgentId, Limit, Allowed, rejected = decision?.Rejected.Take(50) }, Payload.Json));
}
