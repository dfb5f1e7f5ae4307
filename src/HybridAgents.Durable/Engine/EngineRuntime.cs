using System.Diagnostics.Metrics;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Engine.Scheduling;
using HybridAgents.Durable.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine;

/// <summary>The parts of a running engine, tied together: shards, timers and activities over an open journal.</summary>
internal sealed class EngineRuntime : IAsyncDisposable
{
    private readonly EmbeddedEngineOptions _options;
    private readonly TaskScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly Shard[] _shards;
    private readonly ActivityExecutor _activities;
    private readonly TimerQueue _timers;
    private Task _loops = Task.CompletedTask;

    public EngineRuntime(
        EmbeddedEngineOptions options, IJournal journal, InstanceStore instances, DurableRegistry registry, IServiceScopeFactory scopes, TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        _scheduler = options.Journal.Simulation ?? TaskScheduler.Default;
        _time = time;
        Journal = journal;
        Instances = instances;
        Registry = registry;
        History = new(journal);
        ILogger logger = loggers.CreateLogger("HybridAgents.Durable.Engine");
        _timers = new(time, (instance, generation, taskId) => Post(new(ShardCommand.Deliver, instance, new HistoryEvent.TimerFired(taskId), generation)));
        _activities = new(
            registry, scopes, options.MaxConcurrentActivities, _scheduler, (run, answer) => Post(new(ShardCommand.Deliver, run.Instance, answer, run.Generation)), logger);
        Effects = new(instances, registry, _activities, _timers, Post);
        Meter = EngineMetrics.Create(this, () => _activities.Queued);
        TurnRunner runner = new(registry, History, loggers, instance => Post(new(ShardCommand.IllegalAwait, instance)));
        int hotPerShard = (options.MaxHotInstances + options.Shards - 1) / options.Shards;
        _shards = [.. Enumerable.Range(0, options.Shards).Select(_ => new Shard(journal, instances, runner, time, hotPerShard, logger) { Effects = Effects, Timers = _timers })];
    }

    public IJournal Journal { get; }

    public InstanceStore Instances { get; }

    public DurableRegistry Registry { get; }

    public InstanceHistory History { get; }

    public TurnEffects Effects { get; }

    /// <summary>Gets the gauges; the runtime lives until they are disposed of.</summary>
    public Meter Meter { get; }

    /// <summary>Gets why new work is refused, or null.</summary>
    public string? RefusalReason =>
        Stopping ? "The engine is stopping."
        : Journal.RefusalReason ?? (_activities.Queued > _options.MaxQueuedActivities ? "Too many activities wait for a place." : null);

    private bool Stopping { get; set; }

    /// <summary>Sends a message to the shard that owns its instance.</summary>
    public void Post(ShardMessage message) => _shards[ShardOf(message.Instance.Id)].Post(message);

    /// <summary>Sends a message and waits until its effect is durable; true if there was one.</summary>
    public Task<bool> SendAsync(ShardCommand command, Instance instance, HistoryEvent? item = null)
    {
        TaskCompletionSource<bool> ack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new(command, instance, item, Ack: ack));
        return ack.Task;
    }

    /// <summary>Starts the loops and goes on with everything that a restart found unfinished.</summary>
    public void Start()
    {
        // Before the loops: nothing moves while what was left unfinished is collected.
        new Recovery(this, _timers).Run();
        _loops = Task.WhenAll(_shards.Select(shard => Task.Factory.StartNew(shard.RunAsync, CancellationToken.None, TaskCreationOptions.None, _scheduler).Unwrap()));
    }

    /// <summary>Takes no new work, gives running activities the grace period, and ends the loops.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Stopping = true;
        Task drained = _activities.StopAsync();
        foreach (Instance instance in Instances.All)
            instance.Running.Cancel(ActivityCancellation.HostStopping);
        try
        {
            await drained.WaitAsync(_options.StopGrace, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // What still runs is abandoned: it has no record, so it runs again after the next start.
        }

        Meter.Dispose();
        _timers.Dispose();
        foreach (Shard shard in _shards)
            shard.Complete();
        await _loops;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    /// <summary>FNV-1a: the same in every process, so that a simulation can be replayed.</summary>
    private uint ShardOf(string id)
    {
        uint hash = 2166136261;
        foreach (char part in id)
            hash = (hash ^ part) * 16777619;
        return hash % (uint)_shards.Length;
    }
}
