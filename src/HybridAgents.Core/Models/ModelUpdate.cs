using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Models;

/// <summary>A piece of a model's streamed answer. A stream ends with exactly one <see cref="Finished"/>, or throws: it never just stops.</summary>
public abstract record ModelUpdate
{
    private ModelUpdate()
    {
    }

    /// <summary>Gets which of the answers it belongs to, from 0; always 0 unless several were asked for. Pieces of different answers come in any order.</summary>
    public int Choice { get; init; }

    /// <summary>More text of the answer; never empty.</summary>
    public sealed record TextDelta(string Text) : ModelUpdate;

    /// <summary>The probabilities of tokens of the text before it.</summary>
    /// <param name="Tokens">An array in OpenAI's form: <c>token</c>, <c>logprob</c>, <c>bytes</c>, <c>top_logprobs</c>.</param>
    public sealed record TokenProbabilities(JsonElement Tokens) : ModelUpdate;

    /// <summary>A complete tool call.</summary>
    public sealed record ToolCallRequested(ToolCall Call) : ModelUpdate;

    /// <summary>The end, of all answers.</summary>
    /// <param name="Reason">Of the first: <c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</param>
    /// <param name="Usage">Tokens as reported, or as counted when the provider reports none.</param>
    /// <param name="Model">The model that answered, as the provider names it.</param>
    public sealed record Finished(string Reason, TokenUsage Usage, string Model) : ModelUpdate
    {
        /// <summary>Gets why the second and later answers ended; empty unless several were asked for.</summary>
        public IReadOnlyList<string> OtherReasons { get; init; } = [];
    }
}
