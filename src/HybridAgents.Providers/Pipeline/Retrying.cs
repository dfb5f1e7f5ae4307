using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Tries a call again that failed before its first token and may succeed soon.</summary>
/// <remarks>
/// Not tried again: a call that ran into a time-out (it has waited long enough), that met an open circuit, or whose provider asks for a
/// longer wait than <see cref="RetrySettings.LongestWait"/>. Those are the next candidate's.
/// </remarks>
internal sealed class Retrying : StreamDecorator
{
    /// <summary>How much of a wait that the provider asked for is added at most: everybody was told the same.</summary>
    private const double Spread = 0.25;

    private readonly ResiliencePipeline<IAsyncEnumerator<ChatResponseUpdate>> _pipeline;

    /// <param name="inner">The client inside.</param>
    /// <param name="settings">How often and how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">Draws values in [0, 1).</param>
    public Retrying(IChatClient inner, RetrySettings settings, TimeProvider time, Func<double> jitter)
        : base(inner)
    {
        ResiliencePipelineBuilder<IAsyncEnumerator<ChatResponseUpdate>> builder = new() { TimeProvider = time };
        if (settings.MaxAttempts > 1)
            builder.AddRetry(Strategy(settings, jitter));
        _pipeline = builder.Build();
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using IAsyncEnumerator<ChatResponseUpdate> updates = await _pipeline.ExecuteAsync(
            token => OpenAsync(InnerClient.GetStreamingResponseAsync(messages, options, token).GetAsyncEnumerator(token)), cancellationToken);
        do
            yield return updates.Current;
        while (await updates.MoveNextAsync());
    }

    private static RetryStrategyOptions<IAsyncEnumerator<ChatResponseUpdate>> Strategy(RetrySettings settings, Func<double> jitter) => new()
    {
        MaxRetryAttempts = settings.MaxAttempts - 1,
        BackoffType = DelayBackoffType.Exponential,
        Delay = settings.FirstDelay,
        MaxDelay = settings.MaxDelay < RetrySettings.LongestWait ? settings.MaxDelay : RetrySettings.LongestWait,
        UseJitter = true,
        Randomizer = jitter,
        ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is ProviderException error && MaySucceedSoon(error)),
        DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as ProviderException)?.RetryAfter is { } wait ? wait * (1 + (Spread * jitter())) : (TimeSpan?)null),
    };

    private static bool MaySucceedSoon(ProviderException error) =>
        error.IsTransient
        && error.Fault is not (ProviderFault.CircuitOpen or ProviderFault.Timeout)
        && !(error.RetryAfter > RetrySettings.LongestWait);

    /// <summary>Reads up to the first part of the answer, so that a failure before it is still ours to repeat.</summary>
    private static async ValueTask<IAsyncEnumerator<ChatResponseUpdate>> OpenAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        try
        {
            while (await updates.MoveNextAsync())
            {
                if (ProviderPipeline.IsAnswer(updates.Current))
                    return updates;
            }

            throw new InvalidOperationException("The pipeline let an answer end without a finish reason.");
        }
        catch
        {
            await updates.DisposeAsync();
            throw;
        }
    }
}
