using System.Text.Json.Serialization;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Runs;

/// <summary>Work on a model that takes longer than a request. It has a run of its own: status, events and cancel are those of runs.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Model">The model.</param>
/// <param name="Rounds">How often the model is called; for benchmarks.</param>
public sealed record ModelJob(ModelJobKind Kind, ModelRef Model, int Rounds = 0);

/// <summary>What is done with a model.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ModelJobKind>))]
public enum ModelJobKind
{
    /// <summary>Its provider fetches it.</summary>
    Pull,

    /// <summary>Its speed is measured.</summary>
    Benchmark,
}
