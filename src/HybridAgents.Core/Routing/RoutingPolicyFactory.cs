using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Routing;

/// <summary>Joins what a caller wants with what the configuration allows.</summary>
/// <param name="gate">Knows whether consent counts.</param>
/// <param name="options">The configuration as it is now.</param>
public sealed class RoutingPolicyFactory(PrivacyGate gate, IOptionsMonitor<RoutingOptions> options)
{
    /// <summary>The policy for a request.</summary>
    /// <param name="tenant">Whose request it is; decides which models are allowed.</param>
    /// <param name="model">The wanted model: <c>auto</c>, <c>provider:model</c> or a bare name.</param>
    /// <param name="preferences">The caller's.</param>
    /// <param name="budget">What may still be spent.</param>
    public RoutingPolicy Create(string tenant, string model, RoutingPreferences preferences, RoutingBudget budget) => new()
    {
        Model = model,
        ForceProvider = preferences.ForceProvider,
        Preference = preferences.LatencyPreference,
        TokenBudget = preferences.TokenBudget,
        AllowCloudPrivate = gate.Allows(PrivacyLabel.Private, Locality.Cloud, preferences.AllowCloudPrivate),
        AllowedModels = options.CurrentValue.AllowedFor(tenant),
        Budget = budget,
        ComplexityThreshold = options.CurrentValue.ComplexityThreshold,
    };
}
