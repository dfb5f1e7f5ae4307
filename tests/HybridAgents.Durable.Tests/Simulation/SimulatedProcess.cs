using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tables;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>The settings of a simulated engine; they stay the same over its crashes.</summary>
internal sealed record ProcessSettings(int Shards, int MaxHotInstances, int MaxConcurrentActivities, int SegmentBytes, int MaxGroupBytes)
{
    public static ProcessSettings Create(Random random) => new(
        random.Next(1, 4), Pick(random, 0, 2, 10_000), Pick(random, 1, 3, 1000), Pick(random, 4096, 16_384), Pick(random, 1024, 4096));

    private static int Pick(Random random, params int[] choices) => choices[random.Next(choices.Length)];
}

/// <summary>One life of the engine on a simulated disk, with a scheduler of its own: after a crash nothing of it runs again.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It dies by being forgotten, as a process does; it holds no thread and no file.")]
internal sealed class SimulatedProcess
{
    private static readonly ServiceProvider NoServices = new ServiceCollection().BuildServiceProvider();

    private readonly EmbeddedEngine _engine;
    private readonly HashSet<(string Key, int Attempt)> _begun = [];
    private readonly ManualTimeProvider _clock;
    private readonly IReadOnlySet<(string Key, int Attempt)> _finished;

    /// <param name="settings">Those of the engine.</param>
    /// <param name="files">Its disk.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="finished">The steps that must not run again.</param>
    /// <param name="hasNewerVersion">Whether the newer version of the program is registered.</param>
    public SimulatedProcess(ProcessSettings settings, SimulatedFiles files, ManualTimeProvider clock, IReadOnlySet<(string Key, int Attempt)> finished, bool hasNewerVersion)
    {
        (Files, _clock, _finished, HasNewerVersion) = (files, clock, finished, hasNewerVersion);
        EmbeddedEngineOptions options = new()
        {
            Path = "simulated",
            Shards = settings.Shards,
            MaxHotInstances = settings.MaxHotInstances,
            MaxConcurrentActivities = settings.MaxConcurrentActivities,
            StopGrace = TimeSpan.FromSeconds(1),
        };
        options.Journal.SegmentBytes = settings.SegmentBytes;
        options.Journal.MaxGroupBytes = settings.MaxGroupBytes;
        options.Journal.CheckpointBytes = 4096;
        options.Journal.Simulation = Scheduler;
        options.Journal.OnFatal = error =>
        {
            Failure = error;
            if (error.GetBaseException() is not IOException)
                Violation ??= $"The journal failed on a disk that did not: {error}";
        };
        DurableRegistry registry = new DurableRegistry()
            .AddOrchestrator<ProgramOrchestrator>(ProgramOrchestrator.Name, ProgramOrchestrator.Older)
            .Activity<int, long>("work", WorkAsync);
        if (hasNewerVersion)
            registry.AddOrchestrator<ProgramOrchestrator>(ProgramOrchestrator.Name, ProgramOrchestrator.Newer);
        _engine = new(options, registry, NoServices.GetRequiredService<IServiceScopeFactory>(), clock, new ErrorWatch(this)) { Files = files };
    }

    public SimulationScheduler Scheduler { get; } = new();

    public SimulatedFiles Files { get; }

    public bool HasNewerVersion { get; }

    public IDurableClient Client => _engine.Client;

    public ITableStore Tables => _engine.Tables;

    public EngineRuntime Runtime => _engine.Runtime;

    /// <summary>Gets why the journal gave up; the process ends then.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets what went wrong with the steps, if anything did.</summary>
    public string? Violation { get; private set; }

    public Task<bool> StartAsync() => Scheduler.Run(async () =>
    {
        await _engine.StartAsync();
        return true;
    });

    public Task<bool> StopAsync() => Scheduler.Run(async () =>
    {
        await _engine.StopAsync();
        return true;
    });

    /// <summary>The process is dead: lets go of what would keep its memory.</summary>
    public void Forget() => Runtime.Meter.Dispose();

    /// <summary>Whatever the engine's shards log as an error is one, but for what follows from the end of their journal.</summary>
    private sealed class ErrorWatch(SimulatedProcess process) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName == "HybridAgents.Durable.Engine" ? this : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && process.Failure is null && exception is not JournalStoppedException)
                process.Violation ??= $"{formatter(state, exception)}: {exception}";
        }
    }

    /// <summary>An activity that takes no time, one more task, or some virtual time, as its key says.</summary>
    private async Task<long> WorkAsync(ActivityContext context, int failures)
    {
        (string Key, int Attempt) step = (context.Key, context.Attempt);
        if (_finished.Contains(step))
            Violation ??= $"Step {step} ran again although its result was on the disk.";
        if (!_begun.Add(step))
            Violation ??= $"Step {step} ran twice in one life of the engine.";
        long value = ProgramModel.Value(context.Key);
        if (value % 3 == 1)
            await Task.Yield();
        if (value % 3 == 2)
            await Task.Delay(TimeSpan.FromMilliseconds(value), _clock);
        if (context.Cancellation == ActivityCancellation.HostStopping)
            throw new OperationCanceledException("The host is stopping.");
        await StepRows.WriteAsync(Tables, context);
        return context.Attempt > failures ? value : throw new InvalidOperationException("not yet");
    }
}
