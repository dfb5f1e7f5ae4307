using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Plans a turn: the messages that fit, the tools on offer, and the models that may and can serve.</summary>
internal sealed class TurnPlanner(
    IModelDirectory directory, FeatureExtractor features, AgentCatalog agents, ToolRegistry registry, Transcript transcript, Openings openings, RoutingPolicyFactory policies, CatalogueArchive catalogues)
{
    public async Task<TurnPlan> PlanAsync(RunRow run, RunRequest request, CallBudget budget, int turn, PrivacyLabel label, CancellationToken cancellationToken)
    {
        ModelSnapshot models = await directory.GetAsync(cancellationToken);
        AgentProfile? profile = agents.Find(request.Agent.AgentType);
        ToolSet tools = await registry.GetAsync(run.Tenant, cancellationToken);
        IReadOnlyList<ToolSpec> offered = LastChance(request, turn) || request.Response is { OffersTools: false } ? [] : Offer(request, profile, tools);
        int widest = models.Models.Count == 0 ? 0 : models.Models.Max(model => model.ContextWindow);
        Opening? opening = run.NeedsOpening ? await openings.GetAsync(run.Id, cancellationToken) : null;
        ContextParts parts = new()
        {
            Messages = [.. Prompt(request, profile), .. opening?.History ?? [], .. request.Messages, .. await transcript.ReadTailAsync(run.Id, turn, widest, cancellationToken)],
            Summary = opening?.Summary,
            Background = opening?.Background,
        };
        IReadOnlyList<Message> messages = parts.Whole();

        int output = OutputLimit(request, run.Totals);
        double draw = TrafficDraw.Of(run.Id);
        RoutingPolicy policy = policies.Create(run.Tenant, ModelOf(request, profile), request.Routing, await budget.LeftAsync(run.Totals, cancellationToken));
        RoutingRequest question = Ask(messages);
        RoutingDecision decision = Router.Decide(question);
        int dropped = 0;
        // Whoever takes everything is preferred; only if nobody does is the conversation cut, to the widest window that is left.
        if (decision.Candidates.Count == 0 && request.Response is not { Truncates: false } && WidestRejected(decision, models, output) is { } window)
        {
            FittedContext fitted = ContextWindow.Fit(parts, window - offered.Sum(TokenEstimator.Estimate));
            (messages, dropped) = (fitted.Messages, fitted.Dropped);
            question = Ask(messages);
            decision = Router.Decide(question);
        }

        ModelFeatures needs = ModelNeeds.Of(request.Response?.Options ?? AnswerOptions.None, messages);
        (IReadOnlyList<ModelInfo> able, RoutingDecision narrowed) = ModelNeeds.Narrow(decision, models.Models, needs);
        return new()
        {
            Messages = messages,
            Tools = offered,
            Sequential = offered.Where(tool => tools.Find(tool.Name) is { Definition.Sequential: true }).Select(tool => tool.Name).ToHashSet(),
            Candidates = able,
            Decision = narrowed,
            Routing = new(RoutingRecord.Of(question), await catalogues.KeepAsync(models.Models, cancellationToken)),
            MaxOutputTokens = output,
            Dropped = dropped,
            Error = able.Count > 0 ? null
                : decision.Candidates.Count > 0 ? new(ChatErrorCodes.ParameterNotSupported, ModelNeeds.Refusal(needs))
                : RoutingFailure.Explain(decision, budget),
        };

        RoutingRequest Ask(IReadOnlyList<Message> what) => new(features.Measure(what, label, offered, output) with { Draw = draw }, policy, models.Models, models.Health)
        {
            PriceTableVersion = models.PriceTableVersion,
        };
    }

    /// <summary>The last allowed turn offers no tools, so that the model must answer; a run of one turn keeps its only chance to use them.</summary>
    private static bool LastChance(RunRequest request, int turn) => turn > 1 && turn == request.Agent.MaxTurns;

    private static IReadOnlyList<Message> Prompt(RunRequest request, AgentProfile? profile)
    {
        string prompt = string.Join("\n\n", new[] { request.Agent.SystemPrompt ?? profile?.SystemPrompt, request.Agent.Instructions }.Where(text => !string.IsNullOrWhiteSpace(text)));
        return prompt.Length == 0 ? [] : [Message.System(prompt)];
    }

    private static List<ToolSpec> Offer(RunRequest request, AgentProfile? profile, ToolSet tools)
    {
        IEnumerable<ToolSpec> server = RunTools.Of(request, profile, tools)
            .Where(tool => tool.Definition.RequiredRole <= request.Role).Select(tool => tool.Definition.ToSpec());
        return [.. server.Concat(request.Agent.ClientTools).Concat(TeamTools.Offer(request.Agent.SubAgents)).DistinctBy(tool => tool.Name)];
    }

    /// <summary>The prompt budget of the widest model that was left out for its window only.</summary>
    private static int? WidestRejected(RoutingDecision decision, ModelSnapshot models, int output)
    {
        HashSet<string> tooSmall = [.. decision.Rejected.Where(entry => entry.Reason == RejectionReasons.ContextWindow).Select(entry => entry.Candidate)];
        return tooSmall.Count == 0 ? null : models.Models.Where(model => tooSmall.Contains(model.Ref.ToString())).Max(model => model.PromptBudget(output));
    }

    /// <summary>A wish, not a demand: privacy, tools and health decide first, and what is not installed is passed over.</summary>
    private static string ModelOf(RunRequest request, AgentProfile? profile)
    {
        if (profile is not { FitsModel: true } || request.Agent.Model != "auto")
            return request.Agent.Model;
        RequestProfile asked = RequestProfile.Of(FeatureExtractor.NewestOfUser(request.Messages));
        // What is hard and wants much goes to a strong model in the cloud, what is only hard to the largest local one.
        return asked is { Complex: true, Tier: PerformanceTier.High }
            ? $"auto:{ModelRecommendations.OpenAI(PerformanceTier.High)}"
            : $"auto:{ModelRecommendations.Local(asked.UseCase, asked.Complex ? PerformanceTier.High : asked.Tier)}";
    }

    private static int OutputLimit(RunRequest request, RunTotals totals) =>
        request.Limits.MaxTotalTokens is { } most ? (int)Math.Clamp(most - totals.TotalTokens, 1, request.Agent.MaxTokens) : request.Agent.MaxTokens;
}
