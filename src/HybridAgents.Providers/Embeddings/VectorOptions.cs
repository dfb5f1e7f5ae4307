using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Embeddings;

/// <summary>Makes a call one for vectors: it goes through the pipeline of chats, without messages.</summary>
internal sealed class VectorOptions : ChatOptions
{
    /// <summary>Gets the call, of one batch.</summary>
    public required EmbeddingRequest Request { get; init; }

    /// <summary>Gets the label that the texts were cleared under.</summary>
    public required PrivacyLabel Label { get; init; }
}

/// <summary>Vectors as an answer, one for each text, in order.</summary>
/// <param name="vectors">All of one length.</param>
internal sealed class VectorContent(IReadOnlyList<ReadOnlyMemory<float>> vectors) : AIContent
{
    public IReadOnlyList<ReadOnlyMemory<float>> Vectors { get; } = vectors;

    /// <summary>Gets what they take in memory.</summary>
    public long Bytes => Vectors.Sum(static vector => (long)sizeof(float) * vector.Length);
}
