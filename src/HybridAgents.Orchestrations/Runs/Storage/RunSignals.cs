using System.Collections.Concurrent;
using System.Threading.Channels;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Wakes those who watch a run in this process when something was written for it. Holds memory for watchers only.</summary>
/// <remarks>A signal says "read again": the read itself waits until the write is durable, and a missed signal costs a re-check interval, never an event.</remarks>
internal sealed class RunSignals(TimeProvider time)
{
    /// <summary>How often a watcher reads again without a signal: the write may be another process's.</summary>
    public static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<string, Subscription[]> _watchers = new(StringComparer.Ordinal);

    public void Publish(string runId)
    {
        if (_watchers.TryGetValue(runId, out Subscription[]? watchers))
        {
            foreach (Subscription watcher in watchers)
                watcher.Wake();
        }
    }

    /// <summary>Subscribe before reading, so that nothing written after the read is missed.</summary>
    public Subscription Subscribe(string runId)
    {
        Subscription subscription = new(this, runId);
        _watchers.AddOrUpdate(runId, _ => [subscription], (_, others) => [.. others, subscription]);
        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        while (_watchers.TryGetValue(subscription.RunId, out Subscription[]? watchers))
        {
            Subscription[] rest = [.. watchers.Where(other => other != subscription)];
            bool done = rest.Length == 0
                ? _watchers.TryRemove(new(subscription.RunId, watchers))
                : _watchers.TryUpdate(subscription.RunId, rest, watchers);
            if (done)
                return;
        }
    }

    /// <summary>One watcher's wish to be woken.</summary>
    public sealed class Subscription(RunSignals owner, string runId) : IDisposable
    {
        private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public string RunId { get; } = runId;

        internal void Wake() => _wakeUps.Writer.TryWrite(true);

        /// <summary>Returns after a signal, or after <paramref name="limit"/> (at most <see cref="RecheckInterval"/>).</summary>
        public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
        {
            using CancellationTokenSource timer = new(limit < RecheckInterval ? limit : RecheckInterval, owner._time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                await _wakeUps.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
            }
        }

        public void Dispose() => owner.Remove(this);
    }
}
