using HybridAgents.Core;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Orchestrations.Tests.Support;

/// <summary>The whole stack below HTTP on a real engine and real tables in a temporary folder, with scripted models.</summary>
internal sealed class RunHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static readonly RunCaller Caller = new("default", "key");

    private readonly List<string> _folders = [];
    private readonly List<IHost> _abandoned = [];
    private readonly TimeProvider _time;
    private readonly ITool[] _tools;
    private readonly Action<IServiceCollection>? _configure;
    private IHost _host = null!;

    private RunHost(TimeProvider? time, ITool[] tools, Action<IServiceCollection>? configure) =>
        (_time, _tools, _configure) = (time ?? TimeProvider.System, tools, configure);

    public ScriptedModels Models { get; } = new();

    public IAgentRuns Runs => Get<IAgentRuns>();

    public static Task<RunHost> StartAsync(params ITool[] tools) => StartAsync(null, tools);

    public static Task<RunHost> StartAsync(TimeProvider? time, params ITool[] tools) => StartAsync(time, null, tools);

    public static async Task<RunHost> StartAsync(TimeProvider? time = null, Action<IServiceCollection>? configure = null, params ITool[] tools)
    {
        RunHost host = new(time, tools, configure);
        await host.OpenAsync(Directory.CreateTempSubdirectory("hybrid-runs-").FullName);
        return host;
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static RunRequest Ask(string text, params string[] tools) => new()
    {
        Agent = new() { Tools = tools },
        Messages = [Message.User(text)],
    };

    public async Task<string> StartRunAsync(RunRequest request)
    {
        RunStart start = await Runs.StartAsync(request, Caller, null, CancellationToken.None);
        start.Outcome.ShouldBe(RunStartOutcome.Started);
        return start.Run!.RunId;
    }

    public async Task<RunView> RunAsync(RunRequest request) => await EndOfAsync(await StartRunAsync(request));

    /// <summary>Waits for the end by watching the events.</summary>
    public async Task<RunView> EndOfAsync(string runId)
    {
        await EventsAsync(runId);
        return await ViewAsync(runId);
    }

    public async Task<RunView> ViewAsync(string runId) => (await Runs.GetAsync(runId, Caller, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>All events up to the terminal one, or up to the first of <paramref name="until"/>.</summary>
    public async Task<List<RunEvent>> EventsAsync(string runId, string? until = null, long startingAfter = 0)
    {
        using CancellationTokenSource patience = new(Patience);
        List<RunEvent> events = [];
        await foreach (RunEvent entry in Runs.WatchAsync(runId, Caller, startingAfter, patience.Token))
        {
            events.Add(entry);
            if (entry.Type == until)
                break;
        }

        return events;
    }

    /// <summary>Waits for the run's instance: what follows a run's end has been done then.</summary>
    public async Task IdleAsync(string runId)
    {
        using CancellationTokenSource patience = new(Patience);
        await Get<IDurableClient>().WaitForCompletionAsync(runId, cancellationToken: patience.Token);
    }

    public async Task<RunView> WaitForStatusAsync(string runId, RunStatus status)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            RunView view = (await Runs.GetAsync(runId, Caller, patience.Token)).ShouldNotBeNull();
            if (view.Status == status)
                return view;
            view.Status.IsTerminal().ShouldBeFalse($"The run ended as {view.Status}: {view.Error}");
            await Task.Yield();
        }
    }

    public Task<IReadOnlyList<StoredMessage>?> MessagesAsync(string runId) => Runs.GetMessagesAsync(runId, Caller, CancellationToken.None);

    /// <summary>Completes when the run, shown with that status, has set a timer at the present time; returns the length of its history then.</summary>
    public async Task<int> SleepsAsync(string runId, RunStatus status = RunStatus.RequiresAction)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            List<HistoryEntry> history = [.. await Get<IDurableClient>().GetHistoryAsync(runId, patience.Token)];
            int timer = history.FindLastIndex(entry => entry.Kind == "timer_created");
            if (timer > history.FindLastIndex(entry => entry.Kind == "activity_scheduled") && history[timer].Time >= _time.GetUtcNow()
                && (await ViewAsync(runId)).Status == status)
                return history.Count;
            await Task.Yield();
        }
    }

    /// <summary>Stops in order and starts on the same folder.</summary>
    public async Task RestartAsync()
    {
        await _host.StopAsync();
        await DisposeAsync(_host);
        await OpenAsync(_folders[^1]);
    }

    /// <summary>Goes on with a copy of the files as they are now: what a crash at this moment would leave.</summary>
    public async Task CrashAsync()
    {
        string copy = await CrashCopy.TakeAsync(_folders[^1]);
        _abandoned.Add(_host);
        await OpenAsync(copy);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in _abandoned.Append(_host))
        {
            using CancellationTokenSource now = new();
            await now.CancelAsync();
            try
            {
                await host.StopAsync(now.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopped without grace, as wanted.
            }

            await DisposeAsync(host);
        }

        foreach (string folder in _folders.Distinct())
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Disposes of the host as a program does that has lost patience.</summary>
    public async Task DisposeWithoutStopAsync()
    {
        await DisposeAsync(_host);
        foreach (string folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private static async ValueTask DisposeAsync(IHost host) => await ((IAsyncDisposable)host).DisposeAsync();

    private async Task OpenAsync(string folder)
    {
        _folders.Add(folder);
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_time);
        builder.Services.AddHybridAgentsCore();
        foreach (ITool tool in _tools)
            builder.Services.AddSingleton(tool);
        builder.Services.AddSingleton<IModelGateway>(Models);
        builder.Services.AddSingleton<IModelDirectory>(Models);
        builder.Services.AddSingleton<ICredentialedGateway>(Models);
        builder.Services.AddHybridAgentsOrchestrations();
        builder.Services.AddEmbeddedDurableEngine(options =>
        {
            options.Path = folder;
            options.Journal.SegmentBytes = 1 << 20;
        });
        _configure?.Invoke(builder.Services);
        _host = builder.Build();
        await _host.StartAsync();
    }
}
