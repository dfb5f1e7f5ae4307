using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using HybridAgents.Functions.Durable;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>The Azure adapters on an imitation of the framework: its context, client and dispatcher are an embedded engine's, and the tables those of another one that never stops.</summary>
/// <param name="maxHotInstances">How many instances keep their code: 0 is the framework without extended sessions.</param>
internal sealed class AdapterFixture(int maxHotInstances) : IEngineFixture
{
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-adapter-").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly CapturedLog _log = new();
    private readonly LargeValues _large = new();
    private readonly HashSet<(string Name, string Version)> _functions = [];
    private DurableRegistry _registry = new();
    private EmbeddedEngine? _tables;
    private FunctionApp? _app;

    public IDurableClient Client { get; private set; } = null!;

    public bool RepeatsUnrecordedWork => false;

    public DateTimeOffset Now => _clock.GetUtcNow();

    public IReadOnlyCollection<string> Log => _log.Lines;

    private FunctionApp App => _app ?? throw new InvalidOperationException("The engine has not been started.");

    public async Task StartAsync(DurableRegistry registry)
    {
        _tables = await OpenAsync("tables", new DurableRegistry());
        InstanceTable instances = new(_tables.Tables, _clock);
        await StartAppAsync(registry, instances);
        DurableTaskClientSource source = new();
        source.Bind(new EmbeddedDurableTaskClient(() => App.Engine.Client, _large));
        // The registry may be another one after a restart, and so may the watch.
        Client = new AdapterClient(() => new DurableTaskDurableClient(source, instances, _registry, App.Cancels), id => App.Engine.Client.GetHistoryAsync(id));
    }

    public async Task RestartAsync(DurableRegistry? registry = null)
    {
        await App.StopAsync();
        await StartAppAsync(registry ?? _registry, App.Instances);
    }

    public Task PassTimeAsync(TimeSpan by)
    {
        TimeSpan step = TimeSpan.FromSeconds(1);
        if (by > 10 * step)
        {
            // The engine looks at the wall clock at least once a second: no need to go through all of them.
            _clock.Jump(_clock.GetUtcNow() + by - step);
            by = step;
        }

        _clock.Advance(by);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        CancellationToken now = new(canceled: true);
        if (_app is not null)
            await _app.StopAsync(now);
        if (_tables is not null)
            await _tables.StopAsync(now);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAppAsync(DurableRegistry registry, InstanceTable instances)
    {
        _registry = registry;
        _functions.UnionWith(registry.Orchestrators); // As documented: a version's function stays while instances of it run.
        _app = new(registry, _functions, instances, _large, _clock, _log, functions => OpenAsync("framework", functions));
        await _app.StartAsync();
    }

    private async Task<EmbeddedEngine> OpenAsync(string folder, DurableRegistry registry)
    {
        EmbeddedEngineOptions options = new() { Path = Path.Combine(_folder, folder), Shards = 2, MaxHotInstances = maxHotInstances };
        options.Journal.SegmentBytes = 64 << 10;
        EmbeddedEngine engine = new(options, registry, NoServices.GetRequiredService<IServiceScopeFactory>(), _clock, NullLoggerFactory.Instance);
        await engine.StartAsync();
        return engine;
    }
}
