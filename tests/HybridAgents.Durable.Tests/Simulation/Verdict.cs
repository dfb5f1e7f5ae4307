namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>Judges how runs have ended.</summary>
/// <param name="state">Reads an instance with its payloads; null if there is none.</param>
/// <param name="history">Reads its history, for the message of a failure.</param>
internal sealed class Verdict(Func<string, OrchestrationState?> state, Func<string, IReadOnlyList<HistoryEntry>> history)
{
    /// <exception cref="InvalidOperationException">The run did not end as it was promised.</exception>
    public void Check(SimulatedRun run)
    {
        if (state(run.Id) is not { } end)
        {
            if (!run.Purge.Asked)
                throw new InvalidOperationException($"{run.Id} is gone.");
            return;
        }

        if (run.Purge.Acknowledged)
            throw new InvalidOperationException($"{run.Id} was purged and is there.");
        if (run.Terminate.Acknowledged && end.Status != OrchestrationStatus.Terminated)
            throw new InvalidOperationException($"The termination of {run.Id} was acknowledged; it is {end.Status}.");
        if (end.Status == OrchestrationStatus.Terminated && run.Terminate.Asked)
            return;
        CheckResult(run.Id, run.Program, end);
        ProgramResult result = end.Output!.Value.As<ProgramResult>()!;
        if ((run.Cancel.Acknowledged && !result.Cancelled) || (!run.Cancel.Asked && result.Cancelled))
            throw new InvalidOperationException($"{run.Id} ended with cancelled = {result.Cancelled}; asked, acknowledged: {run.Cancel}. {string.Join("\n", history(run.Id))}");
        if (run.Purge.Asked)
            return; // One that was cut short has taken children along.
        foreach ((string id, Statement[] program) in ProgramModel.Detached(run.Id, run.Program))
            CheckResult(id, program, state(id) ?? throw new InvalidOperationException($"The child {id} was never started."));
    }

    private static void CheckResult(string id, Statement[] program, OrchestrationState end)
    {
        if (end.Status != OrchestrationStatus.Completed)
            throw new InvalidOperationException($"{id} is {end.Status}: {end.Failure?.ErrorMessage}");
        long expected = ProgramModel.Expect(id, program);
        long sum = end.Output!.Value.As<ProgramResult>()!.Sum;
        if (sum != expected)
            throw new InvalidOperationException($"{id} ended with {sum}; its program says {expected}.");
    }
}
