using HybridAgents.Core.Models;

namespace HybridAgents.Providers.Directory;

/// <summary>What a provider last said of its models.</summary>
/// <param name="Models">The models; empty when it did not answer.</param>
/// <param name="Answered">Whether it answered.</param>
/// <param name="Slow">Whether it took too long the last time: it may be busy, and is not taken for dead.</param>
internal sealed record ModelList(IReadOnlyList<ModelInfo> Models, bool Answered, bool Slow = false)
{
    public static ModelList Silent { get; } = new([], Answered: false);
}
