using DurableTask.Core.History;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Tests.Durable.Conformance;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Functions.RealHost;

/// <summary>The Azure adapters on the framework's in-memory host: its worker, client and dispatcher. The tables are an embedded engine's.</summary>
internal sealed class RealHostFixture : IEngineFixture
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-realhost-").FullName;
    private readonly CapturedLog _log = new();
    private ServiceProvider? _services;
    private EmbeddedEngine? _tables;
    private CancelWatch? _cancels;
    private DurableTaskTestHost? _host;

    public IDurableClient Client { get; private set; } = null!;

    public bool RepeatsUnrecordedWork => false;

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IReadOnlyCollection<string> Log => _log.Lines;

    public async Task StartAsync(DurableRegistry registry)
    {
        _services = new ServiceCollection()
            .AddSingleton(registry.AddActivity<LinkChild>(LinkChild.Name))
            .AddSingleton(_ => new InstanceTable(_tables!.Tables, TimeProvider.System))
            .BuildServiceProvider();
        _tables = new(new() { Path = _folder }, new DurableRegistry(), _services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLoggerFactory.Instance);
        await _tables.StartAsync();
        InstanceTable instances = _services.GetRequiredService<InstanceTable>();
        _cancels = new(instances, TimeProvider.System, NullLogger<CancelWatch>.Instance);
        await _cancels.StartAsync(CancellationToken.None);
        OrchestratorRunner orchestrators = new(registry, _log);
        ActivityRunner activities = new(registry, _cancels, Mock.Of<IHostApplicationLifetime>(), NullLogger<ActivityRunner>.Instance);
        _host = await DurableTaskTestHost.StartAsync(tasks =>
        {
            foreach ((string name, string version) in registry.Orchestrators)
                tasks.AddOrchestratorFunc<Payload, Payload>(FunctionNames.Of(name, version), (context, _) => orchestrators.RunAsync(context, name, version));
            foreach (string name in registry.Activities)
                tasks.AddActivityFunc<Payload, Payload>(name, (_, input) => activities.RunAsync(name, input, Invocation()));
        });
        DurableTaskClientSource source = new();
        source.Bind(_host.Client);
        DurableTaskDurableClient client = new(source, instances, registry, _cancels);
        Client = new AdapterClient(() => client, HistoryAsync);
    }

    public Task RestartAsync(DurableRegistry? registry = null) => throw new LeftOutException("The in-memory host forgets everything when it stops.");

    public Task PassTimeAsync(TimeSpan by) => by <= LongestWait ? Task.Delay(by) : throw new LeftOutException("The in-memory host's clock cannot be moved.");

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (_cancels is not null)
            await _cancels.StopAsync(CancellationToken.None);
        _cancels?.Dispose();
        if (_tables is not null)
            await _tables.StopAsync();
        if (_services is not null)
            await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private FunctionContext Invocation()
    {
        Mock<FunctionContext> function = new();
        function.SetupGet(invocation => invocation.InstanceServices).Returns(_services!);
        return function.Object;
    }

    private async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string instanceId)
    {
        IList<HistoryEvent> history = await _host!.Client.GetOrchestrationHistoryAsync(instanceId);
        return [.. history.Select(static (item, index) => item switch
        {
            TaskScheduledEvent scheduled => new HistoryEntry(index + 1, item.Timestamp, "activity_scheduled", scheduled.Name, scheduled.EventId, null),
            TaskCompletedEvent completed => new HistoryEntry(index + 1, item.Timestamp, "task_completed", null, completed.TaskScheduledId, null),
            _ => new HistoryEntry(index + 1, item.Timestamp, "other", null, null, null),
        })];
    }
}
