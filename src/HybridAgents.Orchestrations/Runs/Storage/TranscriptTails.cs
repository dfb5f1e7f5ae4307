using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>The messages of a turn that is done; they do not change any more.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Messages">The assistant's message and the results of its calls.</param>
/// <param name="Tokens">Their estimated tokens.</param>
internal sealed record ProducedTurn(int Turn, IReadOnlyList<Message> Messages, int Tokens)
{
    public static ProducedTurn Of(int turn, IReadOnlyList<Message> messages) => new(turn, messages, messages.Sum(TokenEstimator.Estimate));
}

/// <summary>What a run has produced before a turn, as far back as a model could be shown.</summary>
/// <param name="Turns">The turns, in order.</param>
/// <param name="Next">The turn before which it ends.</param>
/// <param name="Whole">Whether it goes back to the first.</param>
internal sealed record TranscriptTail(IReadOnlyList<ProducedTurn> Turns, int Next, bool Whole)
{
    /// <summary>Gets the estimated tokens.</summary>
    public long Tokens { get; } = Turns.Sum(static turn => (long)turn.Tokens);

    /// <summary>Whether it goes back so far that that many tokens are in it.</summary>
    public bool Reaches(int tokens) => Whole || Tokens >= tokens;

    /// <summary>Without the oldest turns that those tokens do not need.</summary>
    public TranscriptTail Newest(int tokens)
    {
        int first = 0;
        for (long left = Tokens; first < Turns.Count && left - Turns[first].Tokens >= tokens; first++)
            left -= Turns[first].Tokens;
        return first == 0 ? this : new([.. Turns.Skip(first)], Next, Whole: false);
    }
}

/// <summary>Keeps the parsed transcripts of runs that go on, so that a turn reads what the one before it has come to, and not the whole conversation again. Bounded; whoever is not here is read.</summary>
internal sealed class TranscriptTails
{
    private const int MaxRuns = 2_000;

    /// <summary>Of all runs together: about 16 MiB.</summary>
    private const long MaxTokens = 2_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TranscriptTail> _tails = new(StringComparer.Ordinal);
    private long _tokens;

    public TranscriptTail? Find(string runId)
    {
        lock (_lock)
            return _tails.GetValueOrDefault(runId);
    }

    public void Keep(string runId, TranscriptTail tail)
    {
        lock (_lock)
        {
            Remove(runId);
            if (_tails.Count >= MaxRuns || _tokens + tail.Tokens > MaxTokens)
            {
                _tails.Clear();
                _tokens = 0;
            }

            if (tail.Tokens > MaxTokens)
                return;
            _tails[runId] = tail;
            _tokens += tail.Tokens;
        }
    }

    /// <summary>Forgets a run that has ended.</summary>
    public void Forget(string runId)
    {
        lock (_lock)
            Remove(runId);
    }

    private void Remove(string runId)
    {
        if (_tails.Remove(runId, out TranscriptTail? before))
            _tokens -= before.Tokens;
    }
}
