namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>One root instance and its client, who asks one thing at a time and remembers what was promised.</summary>
/// <param name="id">Its id.</param>
/// <param name="program">What it does.</param>
/// <param name="origin">The ended run of which it is a restart; null for none.</param>
internal sealed class SimulatedRun(string id, Statement[] program, string? origin = null)
{
    private readonly int _events = ProgramModel.Events(program);
    private int _sent;
    private int _copies;
    private Task<bool>? _question;
    private Action<bool> _onAnswer = _ => { };
    private string _asked = "";

    public string Id => id;

    public Statement[] Program => program;

    /// <summary>Gets whether the start was acknowledged.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Gets whether every event was acknowledged.</summary>
    public bool HasSentAll => _sent == _events;

    /// <summary>Gets whether a cancel was ever asked for, and whether one was acknowledged while the instance ran.</summary>
    public (bool Asked, bool Acknowledged) Cancel { get; private set; }

    /// <summary>Gets the same of a termination.</summary>
    public (bool Asked, bool Acknowledged) Terminate { get; private set; }

    /// <summary>Gets the same of a purge.</summary>
    public (bool Asked, bool Acknowledged) Purge { get; private set; }

    public bool IsIdle => _question is null;

    public string Asked => _asked;

    /// <summary>The same once more, by a restart of this one.</summary>
    public SimulatedRun Again() => new($"{id}-{++_copies}", program, id);

    public void Start(SimulatedProcess process) => Ask("start", process, async client =>
    {
        try
        {
            if (origin is not null)
                return await client.RestartAsync(origin, id) == id;
        }
        catch (InstanceAlreadyExistsException)
        {
            return true; // An earlier restart, whose answer was lost.
        }
        catch (InstanceNotFoundException)
        {
            // Purged meanwhile: started from the beginning.
        }

        return await client.ScheduleNewAsync(
            ProgramOrchestrator.Name, new ProgramState(program), new(id, ProgramOrchestrator.Older, DuplicateIdPolicy.KeepExisting)) == id;
    }, isMine => IsStarted = isMine);

    public void Send(SimulatedProcess process) => Ask($"event {_sent + 1}", process, async client =>
    {
        await client.RaiseEventAsync(id, "number", _sent + 1);
        return true;
    }, _ => _sent++);

    public void Suspend(SimulatedProcess process) => Ask("suspend", process, client => client.SuspendAsync(id, "simulated"), _ => { });

    public void Resume(SimulatedProcess process) => Ask("resume", process, client => client.ResumeAsync(id), _ => { });

    public void AskCancel(SimulatedProcess process)
    {
        Cancel = Cancel with { Asked = true };
        Ask("cancel", process, client => client.CancelAsync(id, "simulated"), running => Cancel = Cancel with { Acknowledged = Cancel.Acknowledged || running });
    }

    public void AskTerminate(SimulatedProcess process)
    {
        Terminate = Terminate with { Asked = true };
        Ask("terminate", process, client => client.TerminateAsync(id, "simulated"), running => Terminate = Terminate with { Acknowledged = Terminate.Acknowledged || running });
    }

    public void AskPurge(SimulatedProcess process)
    {
        Purge = Purge with { Asked = true };
        Ask("purge", process, client => client.PurgeAsync(id), _ => Purge = Purge with { Acknowledged = true });
    }

    /// <summary>Takes the answer in if it has come, and returns it in words; null if not.</summary>
    public string? TakeAnswer()
    {
        if (_question is not { IsCompleted: true } question)
            return null;
        _question = null;
        if (!question.IsCompletedSuccessfully)
            return $"{_asked} {id}: {question.Exception?.InnerException?.GetType().Name ?? "cancelled"}";
        _onAnswer(question.Result);
        return $"{_asked} {id}: {question.Result}";
    }

    /// <summary>The engine died: whether the question had its effect is open.</summary>
    public void Forget() => _question = null;

    private void Ask(string what, SimulatedProcess process, Func<IDurableClient, Task<bool>> question, Action<bool> onAnswer)
    {
        _asked = what;
        _onAnswer = onAnswer;
        _question = process.Scheduler.Run(async () => await question(process.Client)); // Awaited here, so that the answer comes by the scheduler.
    }
}
