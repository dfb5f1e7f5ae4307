using System.Collections.Concurrent;
using HybridAgents.Durable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Functions.Durable;

/// <summary>Tells running activities that their instance was cancelled: one reader of the feed for the whole process, however many activities run.</summary>
internal sealed partial class CancelWatch(InstanceTable instances, TimeProvider time, ILogger<CancelWatch> logger) : BackgroundService
{
    /// <summary>With the read itself, a cancel arrives within 500 ms.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How far the clocks of two machines may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Watched, byte> _watched = new();
    private DateTimeOffset _lastRead = time.GetUtcNow();

    /// <summary>Watches until the result is disposed; fires at once if the cancel is older.</summary>
    public async Task<Watched> WatchAsync(string instanceId, CancellationToken cancellationToken)
    {
        Watched watched = new(this, instanceId);
        _watched[watched] = 0; // Before the look at the row: a cancel in between is in the feed.
        try
        {
            if (await instances.GetCancelAsync(instanceId, cancellationToken) is { } request)
                watched.Fire(request);
            return watched;
        }
        catch
        {
            watched.Dispose();
            throw;
        }
    }

    /// <summary>Tells the activities of this process at once; those of others learn of it by the feed.</summary>
    public void Notify(string instanceId, CancelRequest request)
    {
        foreach (Watched watched in _watched.Keys.Where(watched => watched.InstanceId == instanceId))
            watched.Fire(request);
    }

    /// <summary>Reads the feed once.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!_watched.IsEmpty)
        {
            HashSet<string> cancelled = new(StringComparer.Ordinal);
            await foreach (string instance in instances.CancelledSinceAsync(_lastRead - Skew, cancellationToken))
                cancelled.Add(instance);
            foreach (Watched watched in _watched.Keys.Where(watched => !watched.IsFired && cancelled.Contains(watched.InstanceId)))
            {
                if (await instances.GetCancelAsync(watched.InstanceId, cancellationToken) is { } request)
                    watched.Fire(request);
            }
        }

        _lastRead = now;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await ReadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The next read covers what this one missed.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogFailed(error);
            }
        }
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Warning, Message = "Cancel requests could not be read; running activities learn of a cancel late")]
    private partial void LogFailed(Exception error);

    /// <summary>One running activity.</summary>
    public sealed class Watched(CancelWatch owner, string instanceId) : IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public string InstanceId => instanceId;

        public CancellationToken Token => _source.Token;

        /// <summary>Gets the request once it has come.</summary>
        public CancelRequest? Request { get; private set; }

        public bool IsFired => Request is not null;

        public void Fire(CancelRequest request)
        {
            Request ??= request;
            _ = _source.CancelAsync(); // Whatever hangs on the token runs on threads of its own: nobody waits for it here.
        }

        public void Dispose() => owner._watched.TryRemove(this, out _);
    }
}
