using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Routes a chat.</summary>
internal sealed class ChatPlanner(IModelDirectory directory, FeatureExtractor features, IPrivacyScanner scanner, PrivacyGate gate, IOptions<RoutingOptions> routing)
{
    /// <summary>The completion tokens that are reckoned with when the caller names none.</summary>
    private const int UsualOutput = 1024;

    /// <summary>Finds who may and can serve.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="tenant">Whose chat it is.</param>
    /// <param name="left">What the caller may still spend.</param>
    /// <param name="cancellationToken">Ends the wait for lists of models.</param>
    /// <exception cref="ChatException">Nobody may or can serve.</exception>
    public async ValueTask<ChatPlan> PlanAsync(ChatRequest request, string tenant, RoutingBudget left, CancellationToken cancellationToken)
    {
        ModelSnapshot models = await directory.GetAsync(cancellationToken);
        PrivacyLabel label = request.Routing.PrivacyLevel;
        foreach (string text in OutsideText.Of(request.Options))
            label = label.RaisedTo(scanner.Scan(text));
        RoutingFeatures measured = features.Measure(request.Messages, label, request.Tools, request.MaxTokens ?? UsualOutput);
        RoutingDecision decision = Router.Decide(new(measured, Policy(request, tenant, left), models.Models, models.Health));
        return Narrow(decision, models, request.Options.Needs) is { Candidates.Count: > 0 } plan ? plan : throw ChatFailure.NobodyServes(decision, request);
    }

    private RoutingPolicy Policy(ChatRequest request, string tenant, RoutingBudget left) => new()
    {
        Model = request.Model,
        ForceProvider = request.Routing.ForceProvider,
        Preference = request.Routing.LatencyPreference,
        TokenBudget = request.Routing.TokenBudget,
        AllowCloudPrivate = gate.Allows(PrivacyLabel.Private, Locality.Cloud, request.Routing.AllowCloudPrivate),
        AllowedModels = routing.Value.AllowedFor(tenant),
        Budget = left,
        ComplexityThreshold = routing.Value.ComplexityThreshold,
    };

    /// <summary>Leaves out whoever cannot do what the options ask.</summary>
    private static ChatPlan Narrow(RoutingDecision decision, ModelSnapshot models, ModelFeatures needs)
    {
        List<ModelInfo> able = new(decision.Candidates.Count);
        List<RoutingRejection>? rejected = null;
        foreach (RoutingCandidate candidate in decision.Candidates)
        {
            ModelInfo model = models.Models.First(model => model.Ref == candidate.Model);
            if ((model.Features & needs) == needs)
                able.Add(model);
            else
                (rejected ??= [.. decision.Rejected]).Add(new(candidate.Model.ToString(), ChatErrorCodes.ParameterNotSupported));
        }

        if (rejected is null)
            return new(able, decision);
        return new(able, decision with { Candidates = [.. decision.Candidates.Where(candidate => able.Exists(model => model.Ref == candidate.Model))], Rejected = rejected });
    }
}
