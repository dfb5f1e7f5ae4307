using HybridAgents.Core.Privacy;
using HybridAgents.Orchestrations.Knowledge;

namespace HybridAgents.Benchmarks.Knowledge;

/// <summary>Random vectors at once.</summary>
internal sealed class InstantEmbedder : ITextEmbedder
{
    private const int Length = 768;

    public string? Model => "instant";

    public int? Dimensions => Length;

    public Task<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(string tenant, IReadOnlyList<string> texts, PrivacyLabel label, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReadOnlyMemory<float>>?>([.. texts.Select(static _ => Draw())]);

    private static ReadOnlyMemory<float> Draw()
    {
        float[] vector = new float[Length];
        for (int index = 0; index < Length; index++)
            vector[index] = Random.Shared.NextSingle() - 0.5f;
        return vector;
    }
}
