using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;

namespace HybridAgents.Durable.Tests.Conformance;

/// <summary>The embedded engine on a simulated disk and a manual clock. When its power is cut, another one goes on with what was on the disk.</summary>
internal sealed class EmbeddedFixture : IEngineFixture
{
    private readonly int _maxHotInstances;
    private readonly int? _crashAfterGroups;
    private readonly ManualTimeProvider _clock = new();
    private readonly CapturedLog _log = new();
    private readonly StepLedger _steps = new();
    private readonly List<EngineProcess> _dead = [];
    private volatile Task<EngineProcess>? _process;
    private DurableRegistry _registry = new();
    private int _groups;

    /// <param name="maxHotInstances">How many instances keep their code.</param>
    /// <param name="crashAfterGroups">After how many commit groups the power fails, once; null for never.</param>
    public EmbeddedFixture(int maxHotInstances, int? crashAfterGroups = null)
    {
        (_maxHotInstances, _crashAfterGroups) = (maxHotInstances, crashAfterGroups);
        Client = new PersistentClient(() => _process ?? throw new InvalidOperationException("The engine has not been started."));
    }

    public IDurableClient Client { get; }

    public bool RepeatsUnrecordedWork => _crashAfterGroups is not null;

    public DateTimeOffset Now => _clock.GetUtcNow();

    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>Gets whether the power was cut.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Gets the steps that ran although their result was on the disk.</summary>
    public IReadOnlyCollection<string> RepeatedFinishedSteps => _steps.RepeatedAlthoughFinished;

    public Task StartAsync(DurableRegistry registry)
    {
        _registry = _steps.Watch(registry);
        _process = OpenAsync(new SimulatedFiles());
        return _process;
    }

    public async Task RestartAsync(DurableRegistry? registry = null)
    {
        EngineProcess process;
        do
        {
            process = await _process!;
            await process.StopAsync();
        }
        while (process.IsDead); // The power was cut while it stopped: another one runs already.
        if (registry is not null)
            _registry = _steps.Watch(registry);
        _process = OpenAsync(process.Files);
        await _process;
    }

    public async Task PassTimeAsync(TimeSpan by)
    {
        await _process!;
        TimeSpan step = TimeSpan.FromSeconds(1);
        if (by > 10 * step)
        {
            // The engine looks at the wall clock at least once a second: no need to go through all of them.
            _clock.Jump(_clock.GetUtcNow() + by - step);
            by = step;
        }

        _clock.Advance(by);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await (await _process).DisposeAsync();
        foreach (EngineProcess process in _dead)
            await process.DisposeAsync();
    }

    private async Task<EngineProcess> OpenAsync(SimulatedFiles files)
    {
        EngineProcess process = new(files, _registry, _clock, _log, _maxHotInstances);
        if (_crashAfterGroups is not null)
            files.OnWrite = (name, count) => CountGroup(process, name, count);
        await process.StartAsync();
        return process;
    }

    /// <summary>Runs on the journal's thread before each write: everything before it is on the disk and has been acknowledged.</summary>
    private int CountGroup(EngineProcess process, string file, int bytes)
    {
        if (!process.IsDead && !(SimulatedFiles.IsFrame(file, bytes) && !HasCrashed && _groups++ == _crashAfterGroups))
            return bytes;
        if (!process.IsDead)
            Crash(process);
        throw new IOException("The power was cut.");
    }

    private void Crash(EngineProcess process)
    {
        HasCrashed = true;
        process.IsDead = true;
        _dead.Add(process);
        SimulatedFiles left = process.Files.AfterPowerCut();
        _process = ReopenAsync();

        async Task<EngineProcess> ReopenAsync()
        {
            await Task.Yield();
            await _steps.NoteFinishedAsync(left.AfterPowerCut());
            EngineProcess next = await OpenAsync(left);
            process.Died.SetResult();
            return next;
        }
    }
}
