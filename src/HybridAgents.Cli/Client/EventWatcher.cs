using System.Runtime.CompilerServices;

namespace HybridAgents.Cli.Client;

/// <summary>Follows a run's events to the last one: each exactly once and in order, over as many connections as it takes.</summary>
/// <param name="runs">The server.</param>
/// <param name="time">Times pauses and patience.</param>
/// <param name="revive">Called before another connection is made; may bring the server back.</param>
internal sealed class EventWatcher(RunsClient runs, TimeProvider time, Func<CancellationToken, Task> revive)
{
    /// <summary>How long a stream may be silent; a server gives a sign of life every 15 s.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(45);

    /// <summary>How long the server may stay away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>The events after <paramref name="after"/>, until after the terminal one.</summary>
    /// <exception cref="CliException">The server refuses, or stayed away for longer than <see cref="Patience"/>.</exception>
    public async IAsyncEnumerable<StreamedEvent> WatchAsync(string runId, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Reader reader = new(this, runId, after);
        while (await reader.NextAsync(cancellationToken) is { } next)
        {
            yield return next;
            if (next.IsTerminal)
                yield break;
        }
    }

    /// <summary>Where one watch stands.</summary>
    private sealed class Reader(EventWatcher owner, string runId, long last) : IDisposable
    {
        private EventStream? _stream;
        private int _failures;
        private long _lastSign = owner.Clock.GetTimestamp();

        /// <summary>The next event; null when the run has ended and nothing is left.</summary>
        public async Task<StreamedEvent?> NextAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    if (_stream is null && !await ConnectAsync(cancellationToken))
                        return null;
                    if (await ReadAsync(cancellationToken) is { } next)
                        return next;
                }
                catch (Exception error) when (error is IOException or HttpRequestException or TimeoutException or ServerException { IsTransient: true })
                {
                    await RecoverAsync(error, cancellationToken);
                }
            }
        }

        public void Dispose() => _stream?.Dispose();

        private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
        {
            if (await owner.Runs.OpenEventsAsync(runId, last, cancellationToken) is not { } response)
                return false;
            _stream = await EventStream.OpenAsync(response, cancellationToken);
            return true;
        }

        /// <summary>The next event that was not seen yet; null for a sign of life or a repetition.</summary>
        private async Task<StreamedEvent?> ReadAsync(CancellationToken cancellationToken)
        {
            StreamedEvent? read = await WithinSilenceAsync(cancellationToken);
            if (read?.Sequence <= last)
                return null;
            if (read?.Sequence > last + 1)
                throw new IOException($"event {last + 1} is missing");
            _lastSign = owner.Clock.GetTimestamp();
            _failures = 0;
            last = read?.Sequence ?? last;
            return read;
        }

        private async Task<StreamedEvent?> WithinSilenceAsync(CancellationToken cancellationToken)
        {
            using CancellationTokenSource timer = new(MaxSilence, owner.Clock);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                return await _stream!.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no sign of life for {MaxSilence.TotalSeconds} s");
            }
        }

        private async Task RecoverAsync(Exception error, CancellationToken cancellationToken)
        {
            _stream?.Dispose();
            _stream = null;
            if (owner.Clock.GetElapsedTime(_lastSign) > Patience)
                throw new CliException(ExitCodes.Unavailable, $"The events of {runId} cannot be followed any longer ({error.Message}); the run itself goes on if its server does.");
            TimeSpan pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, owner.Clock, cancellationToken);
            await owner.Revive(cancellationToken);
        }
    }

    private RunsClient Runs { get; } = runs;

    private TimeProvider Clock { get; } = time;

    private Func<CancellationToken, Task> Revive { get; } = revive;
}
