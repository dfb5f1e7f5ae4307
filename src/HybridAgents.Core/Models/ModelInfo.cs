using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Models;

/// <summary>How quick a model is, roughly.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ModelSpeed>))]
public enum ModelSpeed
{
    Fast,
    Medium,
    Slow,
}

/// <summary>What a model's tokens cost.</summary>
/// <param name="PromptPerMillion">US dollars per million prompt tokens.</param>
/// <param name="CompletionPerMillion">US dollars per million completion tokens.</param>
public sealed record ModelPrice(decimal PromptPerMillion, decimal CompletionPerMillion);

/// <summary>A provider's part in a split: the runs that one of its providers would serve are shared among them all, by weight.</summary>
/// <param name="Name">The split.</param>
/// <param name="Weight">The provider's share, in proportion to those of the others.</param>
public sealed record TrafficSplit(string Name, double Weight);

/// <summary>What the router knows of a model: the catalogue's entry merged with what its provider reports.</summary>
public sealed record ModelInfo
{
    /// <summary>Gets the model.</summary>
    public required ModelRef Ref { get; init; }

    /// <summary>Gets where it runs; cloud unless proven local.</summary>
    public Locality Locality { get; init; } = Locality.Cloud;

    /// <summary>Gets the context window in tokens, prompt and completion together.</summary>
    public int ContextWindow { get; init; } = 4096;

    /// <summary>Gets the most completion tokens; null when only the window bounds them.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Gets whether tools work with it, natively or by emulation.</summary>
    public bool SupportsTools { get; init; }

    /// <summary>Gets what it can be asked for beyond text, tools and temperature.</summary>
    public ModelFeatures Features { get; init; }

    /// <summary>Gets whether it can see images.</summary>
    public bool SupportsImages { get; init; }

    /// <summary>Gets a quality rank from 0 (least) to 1 (best), used when quality is preferred or the request is complex.</summary>
    public double Quality { get; init; } = 0.5;

    /// <summary>Gets the speed class, used until latencies have been measured.</summary>
    public ModelSpeed Speed { get; init; } = ModelSpeed.Medium;

    /// <summary>Gets the price; zero for local models, null when unknown.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>Gets the temperature to use when the caller gives none.</summary>
    public double? RecommendedTemperature { get; init; }

    /// <summary>Gets whether it is chosen only when asked for by name or when no other provider is configured.</summary>
    public bool LastResort { get; init; }

    /// <summary>Gets whether it is its provider's configured default model.</summary>
    public bool IsProviderDefault { get; init; }

    /// <summary>Gets the split that its provider takes part in; null for none.</summary>
    public TrafficSplit? Split { get; init; }

    /// <summary>The completion tokens to ask for when the caller wants <paramref name="wanted"/>: never more than the model gives, nor than half its window.</summary>
    public int OutputTokens(int wanted) => Math.Min(wanted, Math.Min(MaxOutputTokens ?? int.MaxValue, ContextWindow / 2));

    /// <summary>The prompt tokens that fit beside that many completion tokens.</summary>
    public int PromptBudget(int wantedOutput) => ContextWindow - OutputTokens(wantedOutput);
}
