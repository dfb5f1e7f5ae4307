using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Ends a call that takes too long over all its attempts.</summary>
/// <param name="inner">The client inside.</param>
/// <param name="provider">The provider's name.</param>
/// <param name="limit">The limit.</param>
/// <param name="time">The clock.</param>
internal sealed class Deadline(IChatClient inner, string provider, TimeSpan limit, TimeProvider time) : StreamDecorator(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource deadline = new(limit, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using IAsyncEnumerator<ChatResponseUpdate> updates = InnerClient.GetStreamingResponseAsync(messages, options, both.Token).GetAsyncEnumerator(both.Token);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (OperationCanceledException error) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new ProviderException(
                    ProviderPipeline.ModelOf(provider, options), ProviderFault.Timeout, $"The call took longer than {limit.TotalSeconds} s in all.", error);
            }

            yield return updates.Current;
        }
    }
}
