using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Models;

/// <summary>Texts to turn into vectors: the exact content that is scanned, cleared and sent.</summary>
/// <param name="Model">The model.</param>
/// <param name="Texts">At least one, none empty.</param>
/// <param name="Dimensions">The length of the vectors; null leaves it to the model.</param>
public sealed record EmbeddingRequest(ModelRef Model, IReadOnlyList<string> Texts, int? Dimensions = null)
{
    /// <summary>Gets whose call it is; vectors are remembered for nobody else, and never without a tenant. Not sent.</summary>
    public string? Tenant { get; init; }
}

/// <summary>Vectors of texts.</summary>
/// <param name="Model">The model that made them.</param>
/// <param name="Vectors">One for each text, in order, all of one length.</param>
/// <param name="Usage">Tokens sent, as reported or as counted.</param>
public sealed record EmbeddingAnswer(ModelRef Model, IReadOnlyList<ReadOnlyMemory<float>> Vectors, TokenUsage Usage);
