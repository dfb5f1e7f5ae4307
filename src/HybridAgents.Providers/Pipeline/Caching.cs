using System.Runtime.CompilerServices;
using System.Text;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Embeddings;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Answers a call from memory when the same tenant has had the same answer before. Only whole answers of nothing but text, or of vectors, are kept.</summary>
/// <remarks>A remembered answer used no tokens, and says so.</remarks>
/// <param name="inner">The client inside.</param>
/// <param name="cache">The memory.</param>
internal sealed class Caching(IChatClient inner, ResponseCache cache) : StreamDecorator(inner)
{
    private static long _providers;

    /// <summary>A provider that has changed is another one, and does not find the answers of what it was.</summary>
    private readonly string _scope = $"{Interlocked.Increment(ref _providers)}|";

    /// <summary>What an answer takes beside its text.</summary>
    private const int Overhead = 512;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? key = cache.Enabled && CacheKey.Of(options) is { } call ? _scope + call : null;
        if (key is not null && cache.Find(key) is { } known)
        {
            foreach (ChatResponseUpdate update in known)
                yield return update.Clone();
            yield break;
        }

        Kept? kept = key is null ? null : new();
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (kept?.Add(update) == false)
                kept = null;
            last = update.FinishReason is null ? last : update;
            yield return update;
        }

        if (kept is not null && last is { FinishReason: { } reason } && reason == ChatFinishReason.Stop)
            cache.Store(key!, Answer(kept.Content, last), Overhead + kept.Bytes);
    }

    private static IReadOnlyList<ChatResponseUpdate> Answer(AIContent content, ChatResponseUpdate last) =>
    [
        new(ChatRole.Assistant, [content]) { ModelId = last.ModelId },
        new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 })]) { ModelId = last.ModelId, FinishReason = ChatFinishReason.Stop },
    ];

    /// <summary>What is kept of an answer: its text, or its vectors.</summary>
    private sealed class Kept
    {
        private readonly StringBuilder _text = new();
        private VectorContent? _vectors;

        public AIContent Content => _vectors ?? (AIContent)new TextContent(_text.ToString());

        public long Bytes => _vectors?.Bytes ?? 2L * _text.Length;

        /// <summary>False for an answer that is more than that.</summary>
        public bool Add(ChatResponseUpdate update)
        {
            foreach (AIContent content in update.Contents)
            {
                if (content is TextContent part)
                    _text.Append(part.Text);
                else if (content is VectorContent vectors)
                    _vectors = vectors;
                else if (content is not (UsageContent or TextReasoningContent)) // Thoughts are not part of the answer.
                    return false;
            }

            return true;
        }
    }
}
