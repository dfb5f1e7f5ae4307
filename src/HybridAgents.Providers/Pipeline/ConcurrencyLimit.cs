using System.Runtime.CompilerServices;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Lets so many calls of a provider run at once; the others wait for their turn, as long as their deadline allows.</summary>
/// <param name="inner">The client inside.</param>
/// <param name="most">The most calls at once.</param>
internal sealed class ConcurrencyLimit(IChatClient inner, int most) : StreamDecorator(inner)
{
    private readonly SemaphoreSlim _places = new(most, most);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            await foreach (ChatResponseUpdate update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
                yield return update;
        }
        finally
        {
            _places.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _places.Dispose();
    }
}
