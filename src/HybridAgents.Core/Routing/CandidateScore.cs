using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>Scores the candidates of one request, 0 to 1.</summary>
/// <remarks>
/// A weighted sum of: place (the preferred side, local unless the request is complex or over the local token budget), quality, speed (measured, or the model's class),
/// cheapness, and being its provider's configured default; times the share of calls that succeed, and times less, down to half, the longer a model lets wait.
/// <c>balanced</c> gives place half of all weight, so that a healthy model on the preferred side beats any on the other; the other preferences give their own concern
/// seven tenths.
/// </remarks>
internal readonly struct CandidateScore
{
    private const double TypicalLatencyMs = 2000;
    private const double TypicalPricePerMillion = 5;

    // Longer than this and people wonder whether anything happens.
    private const double PatienceMs = 5000;

    private readonly RoutingPolicy _policy;
    private readonly Weights _weights;
    private readonly bool _complex;
    private readonly bool _overBudget;

    public CandidateScore(RoutingFeatures features, RoutingPolicy policy)
    {
        _policy = policy;
        _complex = features.Complexity > policy.ComplexityThreshold;
        _overBudget = policy.TokenBudget is > 0 && features.PromptTokens > policy.TokenBudget;
        _weights = policy.Preference switch
        {
            LatencyPreference.Speed => new(Place: 0.10, Quality: 0.05, Speed: 0.70, Cheapness: 0.05, Default: 0.10),
            LatencyPreference.Quality => new(Place: 0.10, Quality: 0.70, Speed: 0.03, Cheapness: 0.02, Default: 0.15),
            LatencyPreference.Cost => new(Place: 0.10, Quality: 0.05, Speed: 0.05, Cheapness: 0.70, Default: 0.10),
            _ => new(Place: 0.50, Quality: 0.15, Speed: 0.10, Cheapness: 0.10, Default: 0.15),
        };
    }

    private Locality Preferred => _complex || _overBudget ? Locality.Cloud : Locality.Local;

    public double Of(ModelInfo model, ModelHealth health)
    {
        double sum = (model.Locality == Preferred ? _weights.Place : 0)
            + _weights.Quality * Math.Clamp(model.Quality, 0, 1)
            + _weights.Speed * Speed(model, health)
            + _weights.Cheapness * Cheapness(model)
            + (model.IsProviderDefault ? _weights.Default : 0);
        return sum * Reliability(health);
    }

    /// <summary>1 for a model of which nothing bad is known; less the more often it fails and the longer it lets wait.</summary>
    public static double Reliability(ModelHealth health) => (1 - Math.Clamp(health.ErrorRate, 0, 1)) * Patience(health);

    public void Explain(List<string> factors)
    {
        if (_policy.Preference != LatencyPreference.Balanced)
        {
            factors.Add(_policy.Preference switch
            {
                LatencyPreference.Speed => RoutingFactors.PreferenceSpeed,
                LatencyPreference.Quality => RoutingFactors.PreferenceQuality,
                _ => RoutingFactors.PreferenceCost,
            });
        }

        if (_complex)
            factors.Add(RoutingFactors.ComplexityAboveThreshold);
        if (_overBudget)
            factors.Add(RoutingFactors.TokenBudgetExceeded);
        if (Preferred == Locality.Local && _policy.Preference == LatencyPreference.Balanced)
            factors.Add(RoutingFactors.DefaultLocal);
    }

    private static double Speed(ModelInfo model, ModelHealth health) => health.LatencyMs is { } latency
        ? TypicalLatencyMs / (TypicalLatencyMs + Math.Max(0, latency))
        : model.Speed switch
        {
            ModelSpeed.Fast => 0.8,
            ModelSpeed.Medium => 0.5,
            _ => 0.2,
        };

    private static double Patience(ModelHealth health) => health.LatencyMs > PatienceMs ? 0.5 + 0.5 * PatienceMs / health.LatencyMs.Value : 1;

    private static double Cheapness(ModelInfo model)
    {
        if (model.Price is not { } price)
            return model.Locality == Locality.Local ? 1 : 0;
        // Prompts are about three times as long as answers.
        double blended = (3 * (double)price.PromptPerMillion + (double)price.CompletionPerMillion) / 4;
        return TypicalPricePerMillion / (TypicalPricePerMillion + blended);
    }

    private readonly record struct Weights(double Place, double Quality, double Speed, double Cheapness, double Default);
}
