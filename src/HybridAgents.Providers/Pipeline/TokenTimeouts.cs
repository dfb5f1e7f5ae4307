using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Ends a call whose first token, or whose next sign of life, does not come in time. The time the reader takes does not count.</summary>
/// <param name="inner">The client inside.</param>
/// <param name="provider">The provider's name.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenTimeouts(IChatClient inner, string provider, TimeoutSettings limits, TimeProvider time) : StreamDecorator(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = new(limits.FirstToken, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        bool answered = false;
        await using IAsyncEnumerator<ChatResponseUpdate> updates = InnerClient.GetStreamingResponseAsync(messages, options, both.Token).GetAsyncEnumerator(both.Token);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                string what = answered ? $"The answer stalled for {limits.Idle.TotalSeconds} s." : $"No token came within {limits.FirstToken.TotalSeconds} s.";
                throw new ProviderException(ProviderPipeline.ModelOf(provider, options), ProviderFault.Timeout, what, error);
            }

            answered |= ProviderPipeline.IsAnswer(updates.Current);
            if (answered)
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
            yield return updates.Current;
            if (answered)
                limit.CancelAfter(limits.Idle);
        }
    }
}
