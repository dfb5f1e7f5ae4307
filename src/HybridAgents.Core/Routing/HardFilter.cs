using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Routing;

/// <summary>What a model must satisfy before it is scored. Privacy comes first: nothing that follows can let a model in.</summary>
/// <param name="request">The request.</param>
/// <param name="selection">What was asked for by the model's name.</param>
/// <param name="provider">The provider that was forced; null for any.</param>
internal readonly struct HardFilter(RoutingRequest request, ModelSelection selection, string? provider)
{
    private readonly RoutingFeatures _features = request.Features;
    private readonly RoutingPolicy _policy = request.Policy;
    private readonly ModelSelection _selection = selection;
    private readonly string? _provider = provider;
    private readonly bool _lastResortServes = selection.Model is not null || selection.Provider is not null || provider is not null || OnlyLastResort(request.Catalogue);

    /// <summary>Whether the model is among those asked for; every model is, if none was.</summary>
    public bool IsRequested(ModelInfo model) =>
        (_selection.Provider is not { } prefix || ModelSelection.SameProvider(model, prefix))
        && (_provider is null || ModelSelection.SameProvider(model, _provider))
        && (_selection.Model is not { } name || ModelNames.Same(model.Ref.Model, name));

    /// <summary>Why the model may not serve, one of <see cref="RejectionReasons"/>; null if it may.</summary>
    public string? Objection(ModelInfo model, ModelHealth health)
    {
        if (!IsRequested(model))
            return RejectionReasons.NotRequested;
        if (!PrivacyAllows(model.Locality))
            return RejectionReasons.Privacy;
        if (_policy.AllowedModels.Count > 0 && !IsAllowed(model.Ref))
            return RejectionReasons.NotAllowed;
        if (model.LastResort && !_lastResortServes)
            return RejectionReasons.LastResort;
        if (!health.Available)
            return RejectionReasons.Unavailable;
        if (_features.NeedsTools && !model.SupportsTools)
            return RejectionReasons.ToolsUnsupported;
        if (_features.NeedsImages && !model.SupportsImages)
            return RejectionReasons.ImagesUnsupported;
        if (_features.PromptTokens > model.PromptBudget(_features.MaxOutputTokens))
            return RejectionReasons.ContextWindow;
        return OverBudget(model);
    }

    private bool PrivacyAllows(Locality locality) => locality == Locality.Local || _features.Label switch
    {
        PrivacyLabel.Standard => true,
        PrivacyLabel.Private => _policy.AllowCloudPrivate,
        _ => false,
    };

    private bool IsAllowed(ModelRef model)
    {
        foreach (string entry in _policy.AllowedModels)
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            string provider = colon < 0 ? entry : entry[..colon];
            if (provider.Equals(model.Provider, StringComparison.OrdinalIgnoreCase) && (colon < 0 || ModelNames.Same(entry[(colon + 1)..], model.Model)))
                return true;
        }

        return false;
    }

    private string? OverBudget(ModelInfo model)
    {
        if (_policy.Budget.Tokens is { } tokens && _features.PromptTokens >= tokens)
            return RejectionReasons.Budget;
        if (_policy.Budget.CostUsd is not { } most)
            return null;
        decimal? cost = CostCalculator.Cost(model, new(_features.PromptTokens, model.OutputTokens(_features.MaxOutputTokens)));
        return cost is null ? RejectionReasons.PriceUnknown : cost > most ? RejectionReasons.Budget : null;
    }

    private static bool OnlyLastResort(IReadOnlyList<ModelInfo> catalogue)
    {
        for (int index = 0; index < catalogue.Count; index++)
        {
            if (!catalogue[index].LastResort)
                return false;
        }

        return true;
    }
}
