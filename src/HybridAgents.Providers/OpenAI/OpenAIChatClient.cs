using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using AbstractMessage = Microsoft.Extensions.AI.ChatMessage;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates a chat to and from the official SDK, and nothing else.</summary>
/// <param name="settings">The provider: its name, its kind's departures from OpenAI, and the key, which is cut out of error messages.</param>
/// <param name="client">The SDK's client: no retries of its own, no time-out of its own.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIChatClient(ProviderSettings settings, OpenAIClient client, TimeProvider time) : StreamClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AbstractMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = new(settings.Name, options?.ModelId ?? "");
        OpenAIAnswer answer = new(model);
        OpenAIChoices? choices = AnswerExtras.Of(options) is { Choices: > 1 and var count } ? new(model, count) : null;
        bool answered = false;
        await using IAsyncEnumerator<StreamingChatCompletionUpdate> chunks = client.GetChatClient(model.Model)
            .CompleteChatStreamingAsync(OpenAIMessages.ToWire(messages, settings.Kind.Profile), OpenAIRequestOptions.ToWire(options, settings.Kind.Profile), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ChatResponseUpdate update;
            try
            {
                if (!await chunks.MoveNextAsync())
                {
                    choices?.DemandAll();
                    yield break;
                }

                update = choices?.Read(chunks.Current) ?? answer.Read(chunks.Current);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested
                && OpenAIFaults.Translate(model, error, answered, settings.ApiKey, time.GetUtcNow()) is { } fault)
            {
                throw fault;
            }

            answered = true;
            yield return update;
        }
    }
}
