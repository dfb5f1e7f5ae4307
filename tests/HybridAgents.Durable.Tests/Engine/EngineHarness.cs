using HybridAgents.Durable.Engine;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Durable.Tests.Engine;

/// <summary>A real engine in a folder of its own, that can be stopped, killed and started again.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private readonly List<string> _folders = [];
    private readonly ServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly Action<EmbeddedEngineOptions>? _configure;

    private EngineHarness(string folder, DurableRegistry registry, TimeProvider? time, Action<EmbeddedEngineOptions>? configure)
    {
        _folders.Add(folder);
        Registry = registry;
        _time = time ?? TimeProvider.System;
        _configure = configure;
        _services = new ServiceCollection().BuildServiceProvider();
        Engine = Create(folder);
    }

    public DurableRegistry Registry { get; private set; }

    public EmbeddedEngine Engine { get; private set; }

    public IDurableClient Client => Engine.Client;

    public static async Task<EngineHarness> StartAsync(
        Action<DurableRegistry> register, TimeProvider? time = null, Action<EmbeddedEngineOptions>? configure = null)
    {
        DurableRegistry registry = new();
        register(registry);
        EngineHarness harness = new(Directory.CreateTempSubdirectory("hybrid-engine-").FullName, registry, time, configure);
        await harness.Engine.StartAsync();
        return harness;
    }

    /// <summary>Ends the engine in order and starts another on the same folder.</summary>
    public async Task RestartAsync(Action<DurableRegistry>? register = null)
    {
        await Engine.StopAsync();
        await ReopenAsync(register, _folders[^1]);
    }

    /// <summary>Starts another engine on a copy of the files as they are now: what a crash at this moment would leave.</summary>
    public async Task CrashAsync(Action<DurableRegistry>? register = null)
    {
        string copy = await CrashCopy.TakeAsync(_folders[^1]);
        Abandoned.Add(Engine);
        _folders.Add(copy);
        await ReopenAsync(register, copy);
    }

    /// <summary>Starts an instance and waits for its end.</summary>
    public async Task<OrchestrationState> RunAsync(string orchestrator, object? input = null, string? id = null)
    {
        string started = await Client.ScheduleNewAsync(orchestrator, input, new(id));
        return await EndOfAsync(started);
    }

    public async Task<OrchestrationState> EndOfAsync(string id)
    {
        using CancellationTokenSource patience = new(Scenario.Patience);
        return (await Client.WaitForCompletionAsync(id, fetchPayloads: true, patience.Token)).ShouldNotBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EmbeddedEngine engine in Abandoned.Append(Engine))
        {
            using CancellationTokenSource now = new();
            await now.CancelAsync();
            await engine.StopAsync(now.Token);
        }

        await _services.DisposeAsync();
        foreach (string folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private List<EmbeddedEngine> Abandoned { get; } = [];

    private async Task ReopenAsync(Action<DurableRegistry>? register, string folder)
    {
        if (register is not null)
        {
            Registry = new();
            register(Registry);
        }

        Engine = Create(folder);
        await Engine.StartAsync();
    }

    private EmbeddedEngine Create(string folder)
    {
        EmbeddedEngineOptions options = new() { Path = folder };
        options.Journal.SegmentBytes = 1 << 20;
        _configure?.Invoke(options);
        return new(options, Registry, _services.GetRequiredService<IServiceScopeFactory>(), _time, NullLoggerFactory.Instance);
    }
}
