using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Health;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Refuses calls to a model that keeps failing, and keeps the estimates that routing learns from. A stream is judged at its end; one that the caller leaves is not judged.</summary>
/// <param name="inner">The client inside.</param>
/// <param name="provider">The provider's name.</param>
/// <param name="board">Breakers and estimates by model.</param>
/// <param name="time">The clock.</param>
internal sealed class CircuitBreaking(IChatClient inner, string provider, ModelHealthBoard board, TimeProvider time) : StreamDecorator(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = ProviderPipeline.ModelOf(provider, options);
        ModelCondition condition = board.For(model);
        if (!condition.Breaker.TryEnter(out TimeSpan rest))
            throw new ProviderException(model, ProviderFault.CircuitOpen, $"{model} failed several times in a row and rests.") { RetryAfter = rest };

        Action verdict = condition.Breaker.Abandoned;
        long start = time.GetTimestamp();
        TimeSpan? latency = null;
        try
        {
            await using IAsyncEnumerator<ChatResponseUpdate> updates =
                InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        break;
                }
                catch (ProviderException error) when (error.IsTransient)
                {
                    condition.Estimate.Failed();
                    // Whoever says when to come back is not broken: the caller waits, or asks another.
                    verdict = error is { Fault: ProviderFault.RateLimited, RetryAfter: not null } ? condition.Breaker.Abandoned : condition.Breaker.Failed;
                    throw;
                }

                latency ??= ProviderPipeline.IsAnswer(updates.Current) ? time.GetElapsedTime(start) : null;
                yield return updates.Current;
            }

            condition.Estimate.Succeeded(latency ?? time.GetElapsedTime(start));
            verdict = condition.Breaker.Succeeded;
        }
        finally
        {
            verdict();
        }
    }
}
