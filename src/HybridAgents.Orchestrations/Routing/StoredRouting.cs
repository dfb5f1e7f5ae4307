using HybridAgents.Core.Routing;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>What a turn keeps of its decision: enough to decide again.</summary>
/// <param name="Record">The inputs.</param>
/// <param name="Catalogue">The id of the catalogue.</param>
internal sealed record StoredRouting(RoutingRecord Record, string Catalogue);
