using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Routes a chat.</summary>
internal sealed class ChatPlanner(ChatModels chatModels, FeatureExtractor features, IPrivacyScanner scanner, RoutingPolicyFactory policies)
{
    /// <summary>The completion tokens that are reckoned with when the caller names none.</summary>
    private const int UsualOutput = 1024;

    /// <summary>What the router is asked for a chat.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="tenant">Whose chat it is.</param>
    /// <param name="left">What the caller may still spend.</param>
    /// <param name="draw">Where it falls in a split, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the wait for lists of models.</param>
    public async ValueTask<RoutingRequest> AskAsync(ChatRequest request, string tenant, RoutingBudget left, double draw, CancellationToken cancellationToken)
    {
        ModelSnapshot models = await chatModels.GetAsync(request, cancellationToken);
        PrivacyLabel label = request.Routing.PrivacyLevel;
        foreach (string text in OutsideText.Of(request.Options))
            label = label.RaisedTo(scanner.Scan(text));
        RoutingFeatures measured = features.Measure(request.Messages, label, request.Tools, request.MaxTokens ?? UsualOutput) with { Draw = draw };
        return new(measured, policies.Create(tenant, request.Model, request.Routing, left), models.Models, models.Health) { PriceTableVersion = models.PriceTableVersion };
    }

    /// <summary>Finds who may and can serve the chat of that id.</summary>
    /// <exception cref="ChatException">Nobody may or can serve.</exception>
    public async ValueTask<ChatPlan> PlanAsync(string id, ChatRequest request, string tenant, CallBudget budget, CancellationToken cancellationToken)
    {
        RoutingRequest question = await AskAsync(request, tenant, await budget.LeftAsync(default, cancellationToken), TrafficDraw.Of(id), cancellationToken);
        RoutingDecision decision = Router.Decide(question);
        return Narrow(decision, question.Catalogue, request.Options.Needs) is { Candidates.Count: > 0 } plan ? plan : throw ChatFailure.NobodyServes(decision, request, budget);
    }

    /// <summary>Leaves out whoever cannot do what the options ask.</summary>
    private static ChatPlan Narrow(RoutingDecision decision, IReadOnlyList<ModelInfo> catalogue, ModelFeatures needs)
    {
        List<ModelInfo> able = new(decision.Candidates.Count);
        List<RoutingRejection>? rejected = null;
        foreach (RoutingCandidate candidate in decision.Candidates)
        {
            ModelInfo model = catalogue.First(model => model.Ref == candidate.Model);
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
