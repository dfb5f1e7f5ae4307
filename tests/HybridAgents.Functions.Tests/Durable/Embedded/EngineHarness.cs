using HybridAgents.Durable.Engine;
using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Tests.Durable.Embedded;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Durable.Tests.Engine;

/// <summary>
/// Runs the embedded engine's own cases through the Azure adapters: each orchestrator and activity is a function as Azure sees it, and the framework's context and
/// client are imitated on an embedded engine.
/// </summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-adapter-").FullName;
    private readonly ServiceProvider _services;
    private readonly DurableRegistry _functions = new();
    private readonly EmbeddedEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly Lazy<CancelWatch> _cancels;
    private EmbeddedEngine _engine;

    private EngineHarness(DurableRegistry registry, TimeProvider time, Action<EmbeddedEngineOptions>? configure)
    {
        _time = time;
        _options = new() { Path = _folder };
        configure?.Invoke(_options);
        _services = new ServiceCollection()
            .AddSingleton(registry.AddActivity<LinkChild>(LinkChild.Name))
            .AddTransient(_ => new InstanceTable(_engine!.Tables, time))
            .BuildServiceProvider();
        _cancels = new(() => new(_services.GetRequiredService<InstanceTable>(), time, NullLogger<CancelWatch>.Instance));
        foreach ((string name, string version) in registry.Orchestrators)
            _functions.AddOrchestrator(FunctionNames.Of(name, version), "1", () => new OrchestratorFunction(registry, name, version));
        foreach (string name in registry.Activities)
            _functions.AddActivity(name, _ => new ActivityFunction(new(registry, _cancels.Value, NullLogger<ActivityRunner>.Instance), name, _services));
        _engine = Create();
        Registry = registry;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public DurableRegistry Registry { get; }

    public IDurableClient Client { get; private set; } = null!;

    public static async Task<EngineHarness> StartAsync(
        Action<DurableRegistry> register, TimeProvider? time = null, Action<EmbeddedEngineOptions>? configure = null)
    {
        DurableRegistry registry = new();
        register(registry);
        EngineHarness harness = new(registry, time ?? TimeProvider.System, configure);
        await harness._engine.StartAsync();
        await harness._cancels.Value.StartAsync(CancellationToken.None);
        DurableTaskClientSource source = new();
        source.Bind(new EmbeddedDurableTaskClient(() => harness._engine.Client));
        harness.Client = new AdapterClient(source, harness);
        return harness;
    }

    public async Task RestartAsync()
    {
        await _engine.StopAsync();
        _engine = Create();
        await _engine.StartAsync();
    }

    public async Task<OrchestrationState> RunAsync(string orchestrator, object? input = null, string? id = null) =>
        await EndOfAsync(await Client.ScheduleNewAsync(orchestrator, input, new(id)));

    public async Task<OrchestrationState> EndOfAsync(string id)
    {
        using CancellationTokenSource patience = new(Patience);
        return (await Client.WaitForCompletionAsync(id, fetchPayloads: true, patience.Token)).ShouldNotBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        await _cancels.Value.StopAsync(CancellationToken.None);
        _cancels.Value.Dispose();
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _engine.StopAsync(now.Token);
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private EmbeddedEngine Create() => new(_options, _functions, _services.GetRequiredService<IServiceScopeFactory>(), _time, NullLoggerFactory.Instance);

    private sealed class OrchestratorFunction(DurableRegistry registry, string name, string version) : IOrchestrator
    {
        public Task<Payload> RunAsync(OrchestrationContext context) => new OrchestratorRunner(registry, NullLoggerFactory.Instance)
            .RunAsync(new EmbeddedTaskOrchestrationContext(context, FunctionNames.Of(name, version)), name, version);
    }

    private sealed class ActivityFunction(ActivityRunner runner, string name, IServiceProvider services) : IActivity
    {
        public Task<Payload> RunAsync(ActivityContext context, Payload input)
        {
            Mock<FunctionContext> function = new();
            function.SetupProperty(invocation => invocation.InstanceServices, services);
            return runner.RunAsync(name, input, function.Object);
        }
    }

    /// <summary>The adapter's client; the history, which only the embedded engine has, is the engine's.</summary>
    private sealed class AdapterClient(DurableTaskClientSource source, EngineHarness harness) : IDurableClient
    {
        private DurableTaskDurableClient Adapter => new(source, harness._services.GetRequiredService<InstanceTable>(), harness.Registry);

        public Task<string> ScheduleNewAsync(string orchestrator, object? input, StartOptions? options, CancellationToken cancellationToken) =>
            Adapter.ScheduleNewAsync(orchestrator, input, options, cancellationToken);

        public Task<OrchestrationState?> GetAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) =>
            Adapter.GetAsync(instanceId, fetchPayloads, cancellationToken);

        public Task<OrchestrationPage> QueryAsync(OrchestrationQuery query, CancellationToken cancellationToken) => Adapter.QueryAsync(query, cancellationToken);

        public Task RaiseEventAsync(string instanceId, string name, object? payload, CancellationToken cancellationToken) =>
            Adapter.RaiseEventAsync(instanceId, name, payload, cancellationToken);

        public Task<bool> CancelAsync(string instanceId, string? reason, CancellationToken cancellationToken) => Adapter.CancelAsync(instanceId, reason, cancellationToken);

        public Task<bool> TerminateAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
            Adapter.TerminateAsync(instanceId, reason, cancellationToken);

        public Task<bool> SuspendAsync(string instanceId, string? reason, CancellationToken cancellationToken) => Adapter.SuspendAsync(instanceId, reason, cancellationToken);

        public Task<bool> ResumeAsync(string instanceId, CancellationToken cancellationToken) => Adapter.ResumeAsync(instanceId, cancellationToken);

        public Task<OrchestrationState?> WaitForCompletionAsync(string instanceId, bool fetchPayloads, CancellationToken cancellationToken) =>
            Adapter.WaitForCompletionAsync(instanceId, fetchPayloads, cancellationToken);

        public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken) => Adapter.PurgeAsync(instanceId, cancellationToken);

        public Task<string> RestartAsync(string instanceId, string? newInstanceId, CancellationToken cancellationToken) =>
            Adapter.RestartAsync(instanceId, newInstanceId, cancellationToken);

        public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken) =>
            harness._engine.Client.GetHistoryAsync(instanceId, cancellationToken);
    }
}
