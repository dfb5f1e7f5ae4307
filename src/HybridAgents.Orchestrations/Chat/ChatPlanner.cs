using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Routing;
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
        (IReadOnlyList<ModelInfo> able, RoutingDecision narrowed) = ModelNeeds.Narrow(decision, question.Catalogue, request.Needs);
        return able.Count > 0 ? new(able, narrowed) : throw ChatFailure.NobodyServes(decision, request, budget);
    }
}
