namespace HybridAgents.Core.Models;

/// <summary>What an operator says of a model, over what the built-in table and the provider say. What is null stays as it is.</summary>
/// <param name="Name"><c>provider:model</c>, or a bare name for every provider.</param>
public sealed record ModelOverride(string Name)
{
    public int? ContextWindow { get; init; }

    public int? MaxOutputTokens { get; init; }

    public double? Quality { get; init; }

    public ModelSpeed? Speed { get; init; }

    public double? Temperature { get; init; }

    public bool? Tools { get; init; }

    public bool? Images { get; init; }

    public ModelPrice? Price { get; init; }

    /// <summary>Whether it speaks of that model; an entry for one provider counts more than one for all.</summary>
    public bool IsFor(ModelRef model) => ModelNames.Same(Name, model.ToString()) || ModelNames.Same(Name, model.Model);

    /// <summary>The model with what is said of it.</summary>
    public ModelInfo Over(ModelInfo model) => model with
    {
        ContextWindow = ContextWindow ?? model.ContextWindow,
        MaxOutputTokens = MaxOutputTokens ?? model.MaxOutputTokens,
        Quality = Quality ?? model.Quality,
        Speed = Speed ?? model.Speed,
        RecommendedTemperature = Temperature ?? model.RecommendedTemperature,
        SupportsTools = Tools ?? model.SupportsTools,
        SupportsImages = Images ?? model.SupportsImages,
        Price = Price ?? model.Price,
    };
}
