using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Makes every failure a <see cref="ProviderException"/>, a stream that just stops included. Innermost: everything around it knows one kind of failure.</summary>
/// <param name="inner">The provider's client.</param>
/// <param name="provider">The provider's name.</param>
internal sealed class FaultTranslation(IChatClient inner, string provider) : StreamDecorator(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ModelRef model = ProviderPipeline.ModelOf(provider, options);
        bool answered = false;
        bool finished = false;
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (Exception error) when (error is not OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The call was cancelled.", error, cancellationToken); // What closing the socket looked like from inside.
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && TransportFaults.Translate(model, error, answered) is { } fault)
            {
                throw fault;
            }

            answered = true;
            finished |= updates.Current.FinishReason is not null;
            yield return updates.Current;
        }

        if (!finished)
            throw new ProviderException(model, ProviderFault.StreamBroken, "The answer ended without a finish reason.");
    }
}
