using System.Text.Json.Serialization;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>What the caller values most.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<LatencyPreference>))]
public enum LatencyPreference
{
    Balanced,
    Speed,
    Quality,
    Cost,
}

/// <summary>What is measured of a request, once a turn. Holds no text.</summary>
/// <param name="Complexity">0 to 1, from the complexity scorer.</param>
/// <param name="PromptTokens">Estimated tokens of everything that will be sent.</param>
/// <param name="Label">The conversation's privacy label, raised by the request's own text.</param>
/// <param name="NeedsTools">Whether tools are offered.</param>
/// <param name="MaxOutputTokens">Completion tokens asked for.</param>
/// <param name="NeedsImages">Whether the messages hold images.</param>
/// <param name="Draw">Where the request falls in a split, 0 to 1: the same for all turns of a run; see <see cref="TrafficDraw"/>.</param>
public readonly record struct RoutingFeatures(
    double Complexity, int PromptTokens, PrivacyLabel Label, bool NeedsTools, int MaxOutputTokens, bool NeedsImages = false, double Draw = 0);

/// <summary>What may still be spent.</summary>
/// <param name="Tokens">Prompt tokens; null for no limit.</param>
/// <param name="CostUsd">US dollars for prompt and answer together; null for no limit.</param>
public readonly record struct RoutingBudget(long? Tokens, decimal? CostUsd);

/// <summary>What the caller and the configuration want.</summary>
public sealed record RoutingPolicy
{
    /// <summary>Gets the wanted model: <c>auto</c>, <c>provider:model</c> or a bare model name.</summary>
    public string Model { get; init; } = "auto";

    /// <summary>Gets the only provider allowed; null for any.</summary>
    public string? ForceProvider { get; init; }

    /// <summary>Gets what is valued most.</summary>
    public LatencyPreference Preference { get; init; }

    /// <summary>Gets the most prompt tokens that a local model should take before the cloud is preferred; null for no such limit.</summary>
    public int? TokenBudget { get; init; }

    /// <summary>Gets whether the caller consented to the cloud for <see cref="PrivacyLabel.Private"/> text and no administrator forbids it.</summary>
    public bool AllowCloudPrivate { get; init; }

    /// <summary>Gets the models that the tenant may use, each <c>provider</c> or <c>provider:model</c>; empty for all.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>Gets what may still be spent.</summary>
    public RoutingBudget Budget { get; init; }

    /// <summary>Gets the complexity (0 to 1) above which the cloud is preferred; 0.65 by default.</summary>
    public double ComplexityThreshold { get; init; } = 0.65;
}

/// <summary>Measured health of one model.</summary>
/// <param name="Available">False while its provider is down or its breaker is open.</param>
/// <param name="LatencyMs">Decayed mean latency in milliseconds; null before any call.</param>
/// <param name="ErrorRate">Decayed share of failed calls, 0 to 1.</param>
public readonly record struct ModelHealth(bool Available, double? LatencyMs, double ErrorRate)
{
    /// <summary>Nothing known against it.</summary>
    public static ModelHealth Unknown { get; } = new(true, null, 0);
}

/// <summary>All that a decision depends on: the same input gives the same decision.</summary>
/// <param name="Features">Measured of the request.</param>
/// <param name="Policy">Wanted by caller and configuration.</param>
/// <param name="Catalogue">Every model that could be chosen, in order of preference.</param>
/// <param name="Health">Health by model; a missing entry is <see cref="ModelHealth.Unknown"/>.</param>
public sealed record RoutingRequest(
    RoutingFeatures Features, RoutingPolicy Policy, IReadOnlyList<ModelInfo> Catalogue, IReadOnlyDictionary<ModelRef, ModelHealth> Health)
{
    /// <summary>Gets the version of the prices in the catalogue.</summary>
    public string PriceTableVersion { get; init; } = ModelCatalogue.PriceTableVersion;
}
