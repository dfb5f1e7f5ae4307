using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>Chooses the models that may serve a request, and their order.</summary>
/// <remarks>
/// A pure function: the same request gives the same decision. It narrows to what was asked for, rejects what must not or cannot serve (privacy before all else), and
/// orders the rest by <see cref="CandidateScore"/>, ties by the order of the catalogue. Every model of the catalogue ends up either as a candidate or as a rejection.
/// A model asked for by name is pinned: the fallback chain then holds only models of that same name, at other providers if the name came without one.
/// </remarks>
public static class Router
{
    /// <summary>Decides. Never throws for a well-formed request; an empty list of candidates says that nobody may serve, and the rejections say why.</summary>
    public static RoutingDecision Decide(RoutingRequest request)
    {
        (RoutingFeatures features, RoutingPolicy policy, IReadOnlyList<ModelInfo> catalogue, IReadOnlyDictionary<ModelRef, ModelHealth> health) = request;
        ModelSelection selection = ModelSelection.Parse(policy.Model, catalogue);
        string? provider = policy.ForceProvider?.Trim() is { Length: > 0 } forced && !ModelSelection.IsAuto(forced) ? forced : null;
        bool askedFor = selection.Model is not null || selection.Provider is not null || provider is not null;
        bool lastResortOnly = OnlyLastResort(catalogue);
        CandidateScore score = new(features, policy);

        List<Ranked> ranked = new(catalogue.Count);
        List<RoutingRejection> rejected = [];
        bool requestedExists = false;
        for (int index = 0; index < catalogue.Count; index++)
        {
            ModelInfo model = catalogue[index];
            ModelHealth state = health.TryGetValue(model.Ref, out ModelHealth known) ? known : ModelHealth.Unknown;
            bool requested = IsRequested(model, selection, provider);
            requestedExists |= requested;
            string? reason = !requested ? RejectionReasons.NotRequested
                : !PrivacyAllows(features.Label, model.Locality, policy.AllowCloudPrivate) ? RejectionReasons.Privacy
                : model.LastResort && !askedFor && !lastResortOnly ? RejectionReasons.LastResort
                : !state.Available ? RejectionReasons.Unavailable
                : features.NeedsTools && !model.SupportsTools ? RejectionReasons.ToolsUnsupported
                : features.PromptTokens > model.PromptBudget(features.MaxOutputTokens) ? RejectionReasons.ContextWindow
                : null;
            if (reason is not null)
                rejected.Add(new(model.Ref.ToString(), reason));
            else
                ranked.Add(new(new(model.Ref, model.Locality, score.Of(model, state)), index, selection.Hint is { } hint && ModelNames.Same(model.Ref.Model, hint)));
        }

        if (!requestedExists && askedFor && !Contradict(selection, provider))
            rejected.Insert(0, NotFound(selection, provider, catalogue));
        ranked.Sort();
        return new()
        {
            Candidates = ranked.ConvertAll(static entry => entry.Candidate),
            Rejected = rejected,
            Factors = Factors(features, policy, selection, provider, score),
            Complexity = features.Complexity,
            Label = features.Label,
            PromptTokens = features.PromptTokens,
        };
    }

    private static bool IsRequested(ModelInfo model, ModelSelection selection, string? forcedProvider) =>
        (selection.Provider is not { } prefix || ModelSelection.SameProvider(model, prefix))
        && (forcedProvider is null || ModelSelection.SameProvider(model, forcedProvider))
        && (selection.Model is not { } name || ModelNames.Same(model.Ref.Model, name));

    // A prefix and a forced provider that differ exclude every model, and each says so itself.
    private static bool Contradict(ModelSelection selection, string? provider) =>
        selection.Provider is not null && provider is not null && !selection.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase);

    private static bool PrivacyAllows(PrivacyLabel label, Locality locality, bool consent) =>
        locality == Locality.Local || label == PrivacyLabel.Standard || (label == PrivacyLabel.Private && consent);

    private static bool OnlyLastResort(IReadOnlyList<ModelInfo> catalogue)
    {
        for (int index = 0; index < catalogue.Count; index++)
        {
            if (!catalogue[index].LastResort)
                return false;
        }

        return true;
    }

    private static RoutingRejection NotFound(ModelSelection selection, string? provider, IReadOnlyList<ModelInfo> catalogue) =>
        provider is not null && !ModelSelection.HasProvider(catalogue, provider)
            ? new(provider, RejectionReasons.ProviderNotFound)
            : new($"{selection.Provider ?? provider ?? "*"}:{selection.Model ?? "*"}", RejectionReasons.ModelNotFound);

    private static List<string> Factors(RoutingFeatures features, RoutingPolicy policy, ModelSelection selection, string? provider, CandidateScore score)
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
        if (selection.Model is null)
            score.Explain(factors);
        return factors;
    }

    private readonly record struct Ranked(RoutingCandidate Candidate, int Order, bool Hinted) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            int byHint = other.Hinted.CompareTo(Hinted);
            int byScore = byHint != 0 ? byHint : other.Candidate.Score.CompareTo(Candidate.Score);
            return byScore != 0 ? byScore : Order.CompareTo(other.Order);
        }
    }
}
