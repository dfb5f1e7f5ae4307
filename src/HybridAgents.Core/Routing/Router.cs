using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>Chooses the models that may serve a request, and their order.</summary>
/// <remarks>
/// A pure function: the same request gives the same decision. It narrows to what was asked for, rejects what must not or cannot serve (privacy before all else), and
/// orders the rest by their score, ties by the order of the catalogue. Every model of the catalogue ends up either as a candidate or as a rejection.
/// A model asked for by name is pinned: the fallback chain then holds only models of that same name, at other providers if the name came without one.
/// </remarks>
public static class Router
{
    private const int StackLimit = 64;

    /// <summary>Decides. Never throws for a well-formed request; an empty list of candidates says that nobody may serve, and the rejections say why.</summary>
    public static RoutingDecision Decide(RoutingRequest request)
    {
        (RoutingFeatures features, RoutingPolicy policy, IReadOnlyList<ModelInfo> catalogue, IReadOnlyDictionary<ModelRef, ModelHealth> health) = request;
        ModelSelection selection = ModelSelection.Parse(policy.Model, catalogue);
        string? provider = policy.ForceProvider?.Trim() is { Length: > 0 } forced && !ModelSelection.IsAuto(forced) ? forced : null;
        HardFilter filter = new(request, selection, provider);
        CandidateScore score = new(features, policy);

        Span<Ranked> ranked = catalogue.Count <= StackLimit ? stackalloc Ranked[StackLimit] : new Ranked[catalogue.Count];
        int candidates = 0;
        List<RoutingRejection> rejected = [];
        bool requestedExists = false;
        for (int index = 0; index < catalogue.Count; index++)
        {
            ModelInfo model = catalogue[index];
            ModelHealth state = health.TryGetValue(model.Ref, out ModelHealth known) ? known : ModelHealth.Unknown;
            string? objection = filter.Objection(model, state);
            requestedExists |= objection != RejectionReasons.NotRequested;
            if (objection is not null)
                rejected.Add(new(model.Ref.ToString(), objection));
            else
            {
                double points = score.Of(model, state);
                bool hinted = selection.Hint is { } hint && ModelNames.Same(model.Ref.Model, hint);
                // Worth more than any other difference, as long as the model does well.
                ranked[candidates++] = new(points, hinted ? points + CandidateScore.Reliability(state) : points, index);
            }
        }

        ranked = ranked[..candidates];
        ranked.Sort();
        bool split = TrafficDraw.Apply(ranked, catalogue, features.Draw);
        bool askedFor = selection.Model is not null || selection.Provider is not null || provider is not null;
        if (!requestedExists && askedFor)
            rejected.Insert(0, NotFound(selection, provider, catalogue));
        return new()
        {
            Candidates = InOrder(ranked, catalogue),
            Rejected = rejected,
            Factors = Factors(features, policy, selection, provider, score, split),
            Complexity = features.Complexity,
            Label = features.Label,
            PromptTokens = features.PromptTokens,
            PriceTableVersion = request.PriceTableVersion,
        };
    }

    private static RoutingCandidate[] InOrder(Span<Ranked> ranked, IReadOnlyList<ModelInfo> catalogue)
    {
        RoutingCandidate[] candidates = new RoutingCandidate[ranked.Length];
        for (int place = 0; place < candidates.Length; place++)
            candidates[place] = new(catalogue[ranked[place].Index].Ref, catalogue[ranked[place].Index].Locality, ranked[place].Score);
        return candidates;
    }

    private static bool Contradict(ModelSelection selection, string? provider) =>
        selection.Provider is not null && provider is not null && !selection.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase);

    private static RoutingRejection NotFound(ModelSelection selection, string? provider, IReadOnlyList<ModelInfo> catalogue) =>
        Contradict(selection, provider) ? new(provider!, RejectionReasons.ProviderContradiction)
        : provider is not null && !ModelSelection.HasProvider(catalogue, provider)
            ? new(provider, RejectionReasons.ProviderNotFound)
        : new($"{selection.Provider ?? provider ?? "*"}:{selection.Model ?? "*"}", RejectionReasons.ModelNotFound);

    private static List<string> Factors(RoutingFeatures features, RoutingPolicy policy, ModelSelection selection, string? provider, CandidateScore score, bool split)
    {
        List<string> factors = new(4);
        if (selection.Model is not null)
            factors.Add(RoutingFactors.ExplicitModel);
        if (selection.Provider is not null || provider is not null)
            factors.Add(RoutingFactors.ExplicitProvider);
        if (selection.Hint is not null)
            factors.Add(RoutingFactors.ModelHint);
        if (features.Label == PrivacyLabel.LocalOnly)
            factors.Add(RoutingFactors.PrivacyLocalOnly);
        else if (features.Label == PrivacyLabel.Private)
            factors.Add(policy.AllowCloudPrivate ? RoutingFactors.PrivacyConsent : RoutingFactors.PrivacyPrivate);
        if (features.NeedsTools)
            factors.Add(RoutingFactors.ToolsRequired);
        if (features.NeedsImages)
            factors.Add(RoutingFactors.ImagesRequired);
        if (selection.Model is null)
            score.Explain(factors);
        if (split)
            factors.Add(RoutingFactors.WeightedSplit);
        return factors;
    }

    /// <summary>A candidate with its score.</summary>
    /// <param name="Score">0 to 1.</param>
    /// <param name="Rank">What decides: the score, and more for a model that was hinted at.</param>
    /// <param name="Index">Its place in the catalogue.</param>
    internal readonly record struct Ranked(double Score, double Rank, int Index) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            int byRank = other.Rank.CompareTo(Rank);
            return byRank != 0 ? byRank : Index.CompareTo(other.Index);
        }
    }
}
