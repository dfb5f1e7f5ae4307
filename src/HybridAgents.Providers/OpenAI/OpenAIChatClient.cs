using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using AbstractMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates a chat to and from the official SDK, and nothing else.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="client">The SDK's client: no retries of its own, no time-out of its own.</param>
/// <param name="secret">The key, cut out of error messages.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIChatClient(string provider, OpenAIClient client, string? secret, TimeProvider time) : StreamClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AbstractMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = new(provider, options?.ModelId ?? "");
        OpenAIAnswer answer = new(model);
        bool answered = false;
        await using IAsyncEnumerator<StreamingChatCompletionUpdate> chunks = client.GetChatClient(model.Model)
            .CompleteChatStreamingAsync(OpenAIMessages.ToWire(messages), OpenAIRequestOptions.ToWire(options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ChatResponseUpdate update;
            try
            {
                if (!await chunks.MoveNextAsync())
                    yield break;
                update = answer.Read(chunks.Current);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested
                && OpenAIFaults.Translate(model, error, answered, secret, time.GetUtcNow()) is { } fault)
            {
                throw fault;
            }

            answered = true;
            yield return update;
        }
    }
}
