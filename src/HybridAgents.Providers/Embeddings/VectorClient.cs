using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Embeddings;

/// <summary>Answers calls for vectors beside chats, as streams of one update, so that one pipeline is around both.</summary>
/// <param name="chat">The provider's chat client.</param>
/// <param name="embedder">Makes its vectors.</param>
internal sealed class VectorClient(IChatClient chat, IEmbeddingGenerator<string, Embedding<float>> embedder) : StreamDecorator(chat)
{
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        options is VectorOptions { Request: var call } ? EmbedAsync(call, cancellationToken) : InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);

    private async IAsyncEnumerable<ChatResponseUpdate> EmbedAsync(EmbeddingRequest call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> made = await embedder.GenerateAsync(call.Texts, new() { ModelId = call.Model.Model, Dimensions = call.Dimensions }, cancellationToken);
        if (made.Count != call.Texts.Count)
            throw new ProviderException(call.Model, ProviderFault.Malformed, $"The answer has {made.Count} vectors for {call.Texts.Count} texts.");
        int length = made[0].Vector.Length;
        if (length == 0 || made.Any(vector => vector.Vector.Length != length))
            throw new ProviderException(call.Model, ProviderFault.Malformed, "The answer has vectors that are empty, or of different lengths.");
        List<AIContent> contents = [new VectorContent([.. made.Select(static vector => vector.Vector)])];
        if (made.Usage is { } usage)
            contents.Add(new UsageContent(usage));
        yield return new(ChatRole.Assistant, contents) { ModelId = call.Model.Model, FinishReason = ChatFinishReason.Stop };
    }
}
