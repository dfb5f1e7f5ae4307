using HybridAgents.Core.Models;

namespace HybridAgents.Core.Runs;

/// <summary>What makes a run a response of OpenAI's Responses API: it ends with the model's first answer, calls of the client's tools included, and another response goes on from there.</summary>
public sealed record ResponseSettings
{
    /// <summary>Gets the response that this one goes on from; null for none. Its messages are among the run's own.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Gets whether nobody waits for it: it goes on when the client has gone.</summary>
    public bool Background { get; init; }

    /// <summary>Gets whether it can be read later; otherwise it is removed once it has been answered.</summary>
    public bool Store { get; init; } = true;

    /// <summary>Gets whether the tools are on offer.</summary>
    public bool OffersTools { get; init; } = true;

    /// <summary>Gets whether a conversation that fits no model is cut; otherwise it fails.</summary>
    public bool Truncates { get; init; }

    /// <summary>Gets the bound on the answer as the caller gave it; null for none given.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Gets what else is asked of the answer.</summary>
    public AnswerOptions Options { get; init; } = AnswerOptions.None;
}
