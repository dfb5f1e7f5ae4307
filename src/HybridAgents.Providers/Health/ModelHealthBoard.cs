using System.Collections.Concurrent;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Health;

/// <summary>How each model does in this process. Safe for concurrent use.</summary>
/// <param name="settings">Settings of the breakers.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelHealthBoard(BreakerSettings settings, TimeProvider time)
{
    /// <summary>Names that callers make up must not fill the memory; beyond this many models the board starts afresh.</summary>
    private const int MaxModels = 2000;

    private readonly ConcurrentDictionary<ModelRef, ModelCondition> _conditions = new();

    public ModelCondition For(ModelRef model)
    {
        if (_conditions.TryGetValue(model, out ModelCondition? known))
            return known;
        if (_conditions.Count >= MaxModels)
            _conditions.Clear();
        return _conditions.GetOrAdd(model, _ => new(new CircuitBreaker(settings, time), new DecayedEstimate(time)));
    }

    /// <summary>Begins anew for a provider that is no longer what it was; calls under way are still judged, and no longer count.</summary>
    public void Forget(string provider)
    {
        foreach (ModelRef model in _conditions.Keys)
        {
            if (model.Provider == provider)
                _conditions.TryRemove(model, out _);
        }
    }

    /// <summary>The health of every model that was called.</summary>
    public Dictionary<ModelRef, ModelHealth> Read() => _conditions.ToDictionary(entry => entry.Key, entry => entry.Value.Read());
}

/// <summary>How one model does.</summary>
/// <param name="Breaker">Whether it may be called.</param>
/// <param name="Estimate">How quick and how reliable it has been.</param>
internal sealed record ModelCondition(CircuitBreaker Breaker, DecayedEstimate Estimate)
{
    public ModelHealth Read()
    {
        (double? latency, double errorRate) = Estimate.Read();
        return new(!Breaker.IsOpen, latency, errorRate);
    }
}
