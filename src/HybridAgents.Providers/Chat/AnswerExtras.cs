using HybridAgents.Core.Models;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>What a call may ask for that the chat abstraction has no property for; only adapters whose models have the feature read it.</summary>
/// <param name="ReasoningEffort">The level, as OpenAI names it; null for none given.</param>
/// <param name="TopLogProbabilities">How many alternatives with probabilities; null for no probabilities.</param>
/// <param name="StrictFormat">Whether the schema of the answer binds; null for none given.</param>
/// <param name="Choices">How many answers.</param>
internal sealed record AnswerExtras(string? ReasoningEffort, int? TopLogProbabilities, bool? StrictFormat, int Choices)
{
    private const string Key = "hybridagents.answer";

    /// <summary>The extras as the abstraction carries them; null if there are none.</summary>
    public static AdditionalPropertiesDictionary? Of(AnswerOptions options) =>
        options is { ReasoningEffort: null, TopLogProbabilities: null, Format: null or { Strict: null }, Choices: 1 }
            ? null
            : new() { [Key] = new AnswerExtras(options.ReasoningEffort, options.TopLogProbabilities, options.Format?.Strict, options.Choices) };

    /// <summary>The extras of a call; null if there are none.</summary>
    public static AnswerExtras? Of(ChatOptions? options) => options?.AdditionalProperties is { } extras && extras.TryGetValue(Key, out AnswerExtras? found) ? found : null;
}
