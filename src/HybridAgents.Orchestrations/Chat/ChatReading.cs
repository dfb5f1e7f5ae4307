using HybridAgents.Core.Models;
using HybridAgents.Core.Usage;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>An answer that is being read.</summary>
/// <param name="origin">Whose it is.</param>
/// <param name="updates">The answer.</param>
internal sealed class ChatReading(ChatOrigin origin, IAsyncEnumerator<ModelUpdate> updates) : IAsyncDisposable
{
    private int _tokens;

    public ChatOrigin Origin { get; } = origin;

    public ModelUpdate Current => updates.Current;

    /// <summary>Gets the end of the answer; null before it.</summary>
    public ModelUpdate.Finished? End { get; private set; }

    /// <summary>Goes on to the next update; false after the end.</summary>
    /// <exception cref="ProviderException">The call failed, or the answer just stopped.</exception>
    public async ValueTask<bool> NextAsync()
    {
        if (End is not null)
            return false;
        if (!await updates.MoveNextAsync())
            throw new ProviderException(Origin.Model, ProviderFault.StreamBroken, "The answer ended without a finish reason.");
        switch (updates.Current)
        {
            case ModelUpdate.TextDelta delta:
                _tokens += TokenEstimator.Estimate(delta.Text);
                break;
            case ModelUpdate.ToolCallRequested requested:
                _tokens += TokenEstimator.Estimate(requested.Call.Name) + TokenEstimator.Estimate(requested.Call.Arguments);
                break;
            case ModelUpdate.Finished finished:
                End = finished;
                break;
        }

        return true;
    }

    /// <summary>What has probably been billed: nothing while nothing had come.</summary>
    public TokenUsage Estimate(int promptTokens) => End?.Usage ?? (_tokens == 0 ? default : new(promptTokens, _tokens, Estimated: true));

    public ValueTask DisposeAsync() => updates.DisposeAsync();
}
