using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Who is asked, in which order.</summary>
/// <param name="Candidates">At least one model.</param>
/// <param name="Decision">How they were chosen.</param>
internal sealed record ChatPlan(IReadOnlyList<ModelInfo> Candidates, RoutingDecision Decision);
