using System.Text;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>A world in one thread: random programs on an engine whose clock, disk, activities and scheduler are virtual, and whose every accident follows from the seed.</summary>
internal sealed class Simulator
{
    private const int Steps = 1500;

    private readonly Random _random;
    private readonly ProcessSettings _settings;
    private readonly ManualTimeProvider _clock = new();
    private readonly DiskWeather _weather;
    private readonly List<SimulatedRun> _runs = [];
    private readonly TableClient _rows;
    private readonly Survey _survey;
    private readonly StringBuilder _trace = new();
    private SimulatedProcess _process;
    private bool _settling;

    private Simulator(int seed)
    {
        _random = new(seed);
        _settings = ProcessSettings.Create(_random);
        (_weather, _rows, _survey) = (new(_random, _clock), new(_random), new(_random, () => _runs.Where(run => run.IsStarted && !run.Purge.Asked).Select(run => run.Id)));
        Note($"seed {seed}: {_settings}");
        for (int index = _random.Next(1, 5); index > 0; index--)
            _runs.Add(new($"r{index}", ProgramModel.Create(_random)));
        _process = Open(new SimulatedFiles(), new HashSet<(string Key, int Attempt)>());
    }

    /// <summary>Lives through the seed's story and checks how it ends.</summary>
    /// <returns>What happened, in order: the same for the same seed.</returns>
    /// <exception cref="InvalidOperationException">The engine broke a promise; the message tells seed and story.</exception>
    public static string Run(int seed)
    {
        Simulator world = new(seed);
        try
        {
            for (int step = 0; step < Steps; step++)
                world.Step();
            world.Settle();
            Verdict verdict = new(id => world.Ask(client => client.GetAsync(id, fetchPayloads: true)), id => world.Ask(client => client.GetHistoryAsync(id)));
            world._runs.ForEach(verdict.Check);
            world._process.Forget();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            string story = world._trace.ToString();
            throw new InvalidOperationException(
                $"Seed {seed}: {error.Message} Replay with HYBRID_SIMULATION_SEED={seed}. The story's end:\n{story[Math.Max(0, story.Length - 4000)..]}", error);
        }

        return world._trace.ToString();
    }

    private void Step()
    {
        switch (_random.Next(1000))
        {
            case < 700:
                _process.Scheduler.RunOne(_random);
                break;
            case < 850:
                _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(0, 400)));
                break;
            case < 960:
                AskSomething(_runs[_random.Next(_runs.Count)]);
                break;
            case < 970 when _rows.IsIdle:
                _rows.Ask(_process);
                break;
            case < 974 when _survey.IsIdle:
                _survey.Ask(_process);
                break;
            case < 980:
                Note("power cut");
                Crash();
                break;
            case < 992:
                Note(_weather.Change());
                break;
            case < 994:
                Restart();
                break;
            case 994:
                _clock.Jump(_clock.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(-20, 20)));
                Note("the wall clock was set");
                break;
        }

        Observe();
    }

    private void AskSomething(SimulatedRun run)
    {
        if (!run.IsIdle)
            return;
        bool hasEnded = HasEnded(run.Id);
        switch (_random.Next(20))
        {
            case var _ when !run.IsStarted:
                run.Start(_process);
                break;
            case < 10 when !run.HasSentAll:
                run.Send(_process);
                break;
            case < 13:
                run.Suspend(_process);
                break;
            case < 17:
                run.Resume(_process);
                break;
            case 17:
                run.AskCancel(_process);
                break;
            case 18 when _random.Next(4) == 0:
                run.AskTerminate(_process);
                break;
            case 19 when hasEnded && _random.Next(3) == 0 && _runs.Count < 8:
                _runs.Add(run.Again());
                break;
            case 19 when hasEnded:
                run.AskPurge(_process);
                break;
        }
    }

    /// <summary>Takes answers in, ends a process that has given up, and checks what must hold at every moment.</summary>
    private void Observe()
    {
        foreach (SimulatedRun run in _runs)
        {
            if (run.TakeAnswer() is { } answer)
                Note(answer);
        }

        if ((_rows.TakeAnswer() ?? _survey.TakeAnswer() ?? _process.Violation) is { } violation)
            throw new InvalidOperationException(violation);
        if (_process.Scheduler.Leak is { } leak)
            throw new InvalidOperationException($"The simulation is not exact: {leak}");
        if (_process.Failure is { } failure)
        {
            Note($"the journal gave up: {failure.GetType().Name}");
            Crash();
        }
    }

    private void Crash()
    {
        SimulatedFiles left = _process.Files.AfterPowerCut(_random.Next(3) == 0 ? _random.Next(400) : 0);
        DiskTruth truth = DiskTruth.Read(left.AfterPowerCut());
        foreach (SimulatedRun run in _runs)
        {
            if (run.IsStarted && !run.Purge.Asked && !truth.Instances.Contains(run.Id))
                throw new InvalidOperationException($"The start of {run.Id} was acknowledged and is not on the disk.");
            if (run.Purge.Acknowledged && truth.Instances.Contains(run.Id))
                throw new InvalidOperationException($"The purge of {run.Id} was acknowledged and it is still on the disk.");
        }

        if (truth.Unwritten.Count > 0)
            throw new InvalidOperationException($"Recorded as done, and without the rows that were written before: {string.Join(' ', truth.Unwritten)}.");
        if (DamagedDisk.Judge(left.AfterPowerCut(), truth, _random) is { } unnoticed)
            throw new InvalidOperationException(unnoticed);
        GoOn(left, truth);
    }

    private void Restart()
    {
        Note("restart");
        _weather.Clear();
        SimulatedProcess process = _process;
        Finish(process.StopAsync());
        Observe();
        if (_process == process) // Or it died while it stopped.
            GoOn(process.Files, DiskTruth.Read(process.Files.AfterPowerCut()));
    }

    /// <summary>Another process begins on that disk, and the clients ask anew.</summary>
    private void GoOn(SimulatedFiles files, DiskTruth truth)
    {
        _process.Forget();
        _runs.ForEach(run => run.Forget());
        _survey.Forget();
        if (_rows.Resume(truth.Rows) is { } broken)
            throw new InvalidOperationException(broken);
        _process = Open(files, truth.Finished);
    }

    private SimulatedProcess Open(SimulatedFiles files, IReadOnlySet<(string Key, int Attempt)> finished)
    {
        _weather.Watch(files);
        SimulatedProcess process = new(_settings, files, _clock, finished, hasNewerVersion: _settling || _random.Next(4) > 0);
        _process = process;
        Finish(process.StartAsync());
        return process;
    }

    /// <summary>Runs everything, and lets time pass where nothing else is left, until the task has ended.</summary>
    private void Finish(Task task)
    {
        for (int idle = 0; !task.IsCompleted;)
        {
            if (_process.Scheduler.RunOne(_random))
                continue;
            if (++idle > 1000)
                throw new InvalidOperationException("The engine does not come to an end.");
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>No more accidents: every client finishes what it began, and time passes, until all has ended.</summary>
    private void Settle()
    {
        Note("settling");
        _weather.Clear();
        _settling = true;
        if (!_process.HasNewerVersion)
            Restart();
        for (int round = 0; ; round++)
        {
            while (_process.Scheduler.RunOne(_random))
                Observe();
            Observe();
            if (_runs.All(run => run.IsIdle && run.IsStarted && (run.Purge.Asked || HasEnded(run.Id))) && _process.Runtime.Instances.All.All(instance => instance.IsTerminal))
                return;
            if (round > 2000)
                throw new InvalidOperationException($"Stuck: {string.Join(", ", _process.Runtime.Instances.All.Where(instance => !instance.IsTerminal).Select(Describe))}; {string.Join(", ", _runs.Select(run => $"{run.Id} {run.Asked} idle {run.IsIdle}"))}.");
            foreach (SimulatedRun run in _runs.Where(run => run.IsIdle))
            {
                if (round % 2 == 0 && run.IsStarted && _process.Runtime.Instances.Find(run.Id) is not null)
                    run.Resume(_process); // Also where an earlier one was cut short: it walks the children again.
                else
                    Help(run);
            }

            // Left behind by a parent that was purged: nobody else resumes them.
            foreach (Instance orphan in _process.Runtime.Instances.All.Where(instance => !instance.IsTerminal && _process.Runtime.Instances.Find(instance.ParentId ?? instance.Id) is null).ToArray())
                Ask(client => client.ResumeAsync(orphan.Id));
            _clock.Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    private void Help(SimulatedRun run)
    {
        if (!run.IsStarted)
            run.Start(_process);
        else if (run.Purge.Asked || HasEnded(run.Id))
            return;
        else if (!run.HasSentAll)
            run.Send(_process);
    }

    private T Ask<T>(Func<IDurableClient, Task<T>> question)
    {
        Task<T> answer = _process.Scheduler.Run(() => question(_process.Client));
        Finish(answer);
        return answer.Result;
    }

    private bool HasEnded(string id) => _process.Runtime.Instances.Find(id) is { } instance && instance.Ended.Task.IsCompleted;

    private static string Describe(Instance instance) => $"{instance.Id} {instance.Status} generation {instance.Generation} pending [{string.Join(' ', instance.Pending.Select(pair => $"{pair.Key}:{pair.Value.Kind}"))}]";

    private void Note(string what) => _trace.Append(_clock.GetUtcNow().ToString("mm:ss.fff ", System.Globalization.CultureInfo.InvariantCulture)).AppendLine(what);
}
