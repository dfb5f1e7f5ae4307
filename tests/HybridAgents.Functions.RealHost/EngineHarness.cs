using HybridAgents.Durable.Engine;
using HybridAgents.Functions.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Durable.Tests.Engine;

/// <summary>Runs the engine's own cases through the Azure adapters on the framework's in-memory host. The tables are an embedded engine's.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-realhost-").FullName;
    private readonly ServiceProvider _services;
    private readonly EmbeddedEngine _tables;
    private readonly CancelWatch _cancels;
    private DurableTaskTestHost? _host;

    private EngineHarness(DurableRegistry registry, TimeProvider time)
    {
        Registry = registry;
        _services = new ServiceCollection()
            .AddSingleton(registry.AddActivity<LinkChild>(LinkChild.Name))
            .AddSingleton(_ => new InstanceTable(_tables!.Tables, time))
            .BuildServiceProvider();
        _tables = new(new() { Path = _folder }, new DurableRegistry(), _services.GetRequiredService<IServiceScopeFactory>(), time, NullLoggerFactory.Instance);
        _cancels = new(_services.GetRequiredService<InstanceTable>(), time, NullLogger<CancelWatch>.Instance);
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public DurableRegistry Registry { get; }

    public IDurableClient Client { get; private set; } = null!;

    /// <param name="register">What can be run.</param>
    /// <param name="time">The tables' clock; the framework has its own.</param>
    /// <param name="configure">For the embedded engine only: the framework decides for itself what it keeps in memory.</param>
    public static async Task<EngineHarness> StartAsync(
        Action<DurableRegistry> register, TimeProvider? time = null, Action<EmbeddedEngineOptions>? configure = null)
    {
        configure?.Invoke(new());
        DurableRegistry registry = new();
        register(registry);
        EngineHarness harness = new(registry, time ?? TimeProvider.System);
        await harness.StartAsync();
        return harness;
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
        if (_host is not null)
            await _host.DisposeAsync();
        await _cancels.StopAsync(CancellationToken.None);
        _cancels.Dispose();
        await _tables.StopAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        await _tables.StartAsync();
        await _cancels.StartAsync(CancellationToken.None);
        OrchestratorRunner orchestrators = new(Registry, NullLoggerFactory.Instance);
        ActivityRunner activities = new(Registry, _cancels, NullLogger<ActivityRunner>.Instance);
        _host = await DurableTaskTestHost.StartAsync(tasks =>
        {
            foreach ((string name, string version) in Registry.Orchestrators)
                tasks.AddOrchestratorFunc<Payload, Payload>(FunctionNames.Of(name, version), (context, _) => orchestrators.RunAsync(context, name, version));
            foreach (string name in Registry.Activities)
                tasks.AddActivityFunc<Payload, Payload>(name, (_, input) => activities.RunAsync(name, input, Invocation()));
        });
        DurableTaskClientSource source = new();
        source.Bind(_host.Client);
        Client = new RealHostClient(new(source, _services.GetRequiredService<InstanceTable>(), Registry), _host.Client);
    }

    private FunctionContext Invocation()
    {
        Mock<FunctionContext> function = new();
        function.SetupProperty(invocation => invocation.InstanceServices, _services);
        return function.Object;
    }
}
