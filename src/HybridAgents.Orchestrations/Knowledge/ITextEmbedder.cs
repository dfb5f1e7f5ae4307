using HybridAgents.Core.Privacy;
using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Makes the vectors that documents are searched by. Safe for concurrent use.</summary>
public interface ITextEmbedder
{
    /// <summary>Gets the model, as configured; null when there are to be no vectors.</summary>
    string? Model { get; }

    /// <summary>Gets the length of its newest vectors; null before the first.</summary>
    int? Dimensions { get; }

    /// <summary>Makes a vector of each text, all of one length.</summary>
    /// <param name="tenant">Whose text it is.</param>
    /// <param name="texts">At least one, none empty.</param>
    /// <param name="label">Their label.</param>
    /// <param name="cancellationToken">Aborts the call.</param>
    /// <returns>The vectors; null when texts of that label may not go to the model.</returns>
    /// <exception cref="ChatException">The model does not answer, or not with vectors of one length.</exception>
    Task<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(string tenant, IReadOnlyList<string> texts, PrivacyLabel label, CancellationToken cancellationToken);
}
