using System.Runtime.CompilerServices;
using System.Text;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Answers a call from memory when the same tenant has had the same answer before. Only whole answers of nothing but text are kept.</summary>
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

        StringBuilder? text = key is null ? null : new();
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (text is not null && !Collect(text, update))
                text = null;
            last = update.FinishReason is null ? last : update;
            yield return update;
        }

        if (text is not null && last is { FinishReason: { } reason } && reason == ChatFinishReason.Stop)
            cache.Store(key!, Answer(text.ToString(), last), Overhead + (2L * text.Length));
    }

    /// <summary>False for an answer that is not only text.</summary>
    private static bool Collect(StringBuilder text, ChatResponseUpdate update)
    {
        foreach (AIContent content in update.Contents)
        {
            if (content is TextContent part)
                text.Append(part.Text);
            else if (content is not (UsageContent or TextReasoningContent)) // Thoughts are not part of the answer.
                return false;
        }

        return true;
    }

    private static IReadOnlyList<ChatResponseUpdate> Answer(string text, ChatResponseUpdate last) =>
    [
        new(ChatRole.Assistant, text) { ModelId = last.ModelId },
        new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 })]) { ModelId = last.ModelId, FinishReason = ChatFinishReason.Stop },
    ];
}
