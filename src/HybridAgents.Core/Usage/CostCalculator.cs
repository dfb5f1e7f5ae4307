using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Usage;

/// <summary>Turns tokens into money.</summary>
public static class CostCalculator
{
    private const decimal Million = 1_000_000m;

    /// <summary>What the tokens cost with that model, in US dollars.</summary>
    /// <returns>Zero for a local model without a price; null when the price of a cloud model is unknown.</returns>
    public static decimal? Cost(ModelInfo model, TokenUsage usage) => model switch
    {
        { Price: { } price } => (usage.PromptTokens * price.PromptPerMillion + usage.CompletionTokens * price.CompletionPerMillion) / Million,
        { Locality: Locality.Local } => 0m,
        _ => null,
    };

    /// <summary>What was not paid because a local model answered: the tokens at the list price of its counterpart in the cloud, in US dollars. An estimate: the other model would have answered otherwise.</summary>
    /// <returns>Zero for a cloud model, and for the built-in one.</returns>
    public static decimal Saved(ModelInfo model, TokenUsage usage) =>
        model is { Locality: Locality.Local, LastResort: false } ? Cost(ModelCounterparts.CloudFor(model), usage) ?? 0 : 0;
}
