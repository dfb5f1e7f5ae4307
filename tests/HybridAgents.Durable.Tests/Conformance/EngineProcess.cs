using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tests.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Tests.Conformance;

/// <summary>One run of the engine, from a start to a stop or a crash.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    private readonly EmbeddedEngine _engine;

    public EngineProcess(SimulatedFiles files, DurableRegistry registry, TimeProvider time, ILoggerFactory log, int maxHotInstances)
    {
        Files = files;
        EmbeddedEngineOptions options = new() { Path = "simulated", Shards = 2, MaxHotInstances = maxHotInstances };
        options.Journal.SegmentBytes = 64 << 10;
        options.Journal.OnFatal = _ => { };
        _engine = new(options, registry, NoServices.GetRequiredService<IServiceScopeFactory>(), time, log) { Files = files };
    }

    public SimulatedFiles Files { get; }

    public IDurableClient Client => _engine.Client;

    /// <summary>Gets or sets whether its power was cut: nothing that it does counts any more.</summary>
    public bool IsDead { get; set; }

    /// <summary>Gets what is completed when it is dead and another one has taken its place.</summary>
    public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StartAsync() => _engine.StartAsync();

    /// <summary>Stops in order.</summary>
    public Task StopAsync() => _engine.StopAsync();

    /// <summary>Frees what it holds, without waiting for its activities.</summary>
    public async ValueTask DisposeAsync() => await _engine.StopAsync(new CancellationToken(canceled: true));
}
