using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Models.Messages;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Anthropic;

/// <summary>Translates a chat to and from the official SDK, and nothing else.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="client">The SDK's client: no retries of its own, no time-out of its own.</param>
/// <param name="secret">The key, cut out of error messages.</param>
internal sealed class AnthropicChatClient(string provider, AnthropicClient client, string? secret) : StreamClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = new(provider, options?.ModelId ?? "");
        AnthropicAnswer answer = new();
        bool answered = false;
        await using IAsyncEnumerator<RawMessageStreamEvent> events = client.Messages
            .CreateStreaming(AnthropicRequests.ToWire(model, [.. messages], options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ChatResponseUpdate update;
            try
            {
                if (!await events.MoveNextAsync())
                    yield break;
                update = answer.Read(events.Current);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && AnthropicFaults.Translate(model, error, answered, secret) is { } fault)
            {
                throw fault;
            }

            answered = true;
            yield return update;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }
}
