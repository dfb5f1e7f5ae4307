using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Webhooks;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>An agent run: call the model, run the tools it asked for, repeat until it answers; stop on a limit, a failure or a cancel.</summary>
/// <remarks>Each model call and each tool call is one activity. Planning is part of the model step: both are opened by one write, so a separate step would only cost a round trip.</remarks>
internal sealed class AgentRunOrchestrator : Orchestrator<AgentRunInput, AgentRunOutput>
{
    public override Task<AgentRunOutput> RunAsync(OrchestrationContext context, AgentRunInput input) => RunAsync(context, input, AgentRunNames.CallModel);

    /// <summary>The loop of every kind of run.</summary>
    /// <param name="context">The instance.</param>
    /// <param name="input">Its input.</param>
    /// <param name="decide">The activity that says what is called next.</param>
    public static async Task<AgentRunOutput> RunAsync(OrchestrationContext context, AgentRunInput input, string decide)
    {
        AgentRunOutput output;
        using (AgentRunGeneration generation = new(context, input, decide))
            output = await generation.RunAsync();
        if (input.Conversation && output.Ended)
            await TurnKeeping.KeepAsync(context, input.RunId);
        if (input.Remember && output.Ended)
            await TurnKeeping.RememberAsync(context, input.RunId);
        if (input.Webhook && output.Ended)
            await WebhookDelivery.DeliverAsync(context, input.RunId);
        return output;
    }
}

/// <summary>One generation of a run: at most <see cref="MaxTurns"/> turns and <see cref="MaxWaits"/> waits, then the next goes on with an empty history.</summary>
/// <remarks>A generation may begin in the middle of a turn: steps that are done answer with their receipts.</remarks>
internal sealed class AgentRunGeneration(OrchestrationContext context, AgentRunInput input, string decide) : IDisposable
{
    private const int MaxTurns = 8;
    private const int MaxWaits = 16;

    /// <summary>How long a stopping run waits for its running steps.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>The longest a waiting run sleeps before it reads its mailbox again.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(5);

    private static readonly RetryPolicy FinalizeRetry = new(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(1));

    private readonly RunClock _clock = new(context, input.Deadline);
    private readonly string _execution = input.Execution ?? context.NewGuid().ToString("N");
    private PrivacyLabel _label = input.Label;
    private int _waits;
    private bool _waiterOpen;

    public async Task<AgentRunOutput> RunAsync()
    {
        int turn = input.Turn;
        try
        {
            if (input.Prepare && turn == 1 && await PrepareAsync() is { } ended)
                return ended;
            for (; turn <= input.MaxTurns; turn++)
            {
                if (turn - input.Turn >= MaxTurns)
                    return await ContinueAtAsync(turn);
                if (await RunTurnAsync(turn) is { } output)
                    return output;
            }

            return await FailAsync(turn - 1, new(RunErrorCodes.MaxTurnsExceeded, $"The model still asked for tools after {input.MaxTurns} turns."));
        }
        catch (TaskFailedException failure)
        {
            return await FailAsync(turn, new(RunErrorCodes.SystemError, $"The step '{failure.TaskName}' failed unexpectedly."));
        }
    }

    public void Dispose() => _clock.Dispose();

    /// <summary>Waits until the run has its conversation, and looks up what its agent begins with; null when the run goes on.</summary>
    private async Task<AgentRunOutput?> PrepareAsync()
    {
        while (true)
        {
            if (_clock.IsOver)
                return await StopAsync(0);
            Task<ToolResult> call = context.CallActivityAsync<ToolResult>(AgentRunNames.PrepareRun, new PrepareInput(input.RunId, _label), new("0/prepare/0"));
            if (!await EndsInTimeAsync(call))
                return await StopAsync(0);
            ToolResult result = await call;
            _label = _label.RaisedTo(result.Label);
            if (result.State == StepState.Done)
                return null;
            if (result.State != StepState.Waiting)
                return result.State == StepState.Failed ? await FailAsync(0, result.Error!) : AgentRunOutput.Lost;
            if (_waits++ >= MaxWaits)
                return await ContinueAtAsync(1);
            if (!await AnswerOrRecheckAsync([result]))
                return await StopAsync(0);
        }
    }

    /// <summary>One turn; null when the run goes on.</summary>
    private async Task<AgentRunOutput?> RunTurnAsync(int turn)
    {
        TurnResult result;
        while (true)
        {
            if (_clock.IsOver)
                return await StopAsync(turn);
            Task<TurnResult> call = context.CallActivityAsync<TurnResult>(
                decide, new TurnInput(input.RunId, _execution, turn, _label, _clock.Deadline), new(RunKeys.ModelStepName(turn)));
            if (!await EndsInTimeAsync(call))
                return await StopAsync(turn);
            result = await call;
            _label = _label.RaisedTo(result.Label);
            if (result.State != StepState.Resting)
                break;
            if (!await RestAsync(result.ResumeAt!.Value))
                return await StopAsync(turn);
            if (_waits++ >= MaxWaits)
                return await ContinueAtAsync(turn);
        }

        return result.State switch
        {
            StepState.Done when result.Calls > 0 => await RunToolsAsync(turn, result),
            StepState.Done when result.Closed => new("completed", _clock.Deadline),
            StepState.Done => await FinalizeAsync(new(input.RunId, RunStatus.Completed, turn, result.FinishReason)),
            StepState.Failed => await FailAsync(turn, result.Error!),
            StepState.Lost => AgentRunOutput.Lost,
            _ => await StopAsync(turn, result.State),
        };
    }

    private async Task<AgentRunOutput?> RunToolsAsync(int turn, TurnResult asked)
    {
        List<int> open = [.. Enumerable.Range(0, asked.Calls)];
        List<int> parked = [];
        while (true)
        {
            if (_clock.IsOver)
                return await StopAsync(turn);
            Task<List<(int Index, ToolResult Result)>> calls = asked.Serial ? InOrderAsync(turn, open) : SideBySideAsync(turn, open);
            if (!await EndsInTimeAsync(calls))
                return await StopAsync(turn);
            List<(int Index, ToolResult Result)> results = await calls;
            if (results.Exists(entry => entry.Result.State == StepState.Delegated))
            {
                if (!await RunSubRunsAsync([.. results.Select(entry => entry.Result)]))
                    return await StopAsync(turn);
                // One after the other: each adds what its sub-runs used to the run's totals.
                for (int place = 0; place < results.Count; place++)
                {
                    if (results[place].Result.State == StepState.Delegated)
                        results[place] = (results[place].Index, await CallToolAsync(turn, results[place].Index));
                }
            }

            foreach ((_, ToolResult result) in results)
                _label = _label.RaisedTo(result.Label);
            if (results.Find(entry => entry.Result.State is not (StepState.Done or StepState.Waiting)).Result is { } end)
                return end.State switch
                {
                    StepState.Failed => await FailAsync(turn, end.Error!),
                    StepState.Lost => AgentRunOutput.Lost,
                    _ => await StopAsync(turn, end.State),
                };

            List<(int Index, ToolResult Result)> waiting = results.FindAll(entry => entry.Result.State == StepState.Waiting);
            open = [.. open.Except(results.Where(entry => entry.Result.State == StepState.Done).Select(entry => entry.Index))];
            if (open.Count == 0)
                return null;
            if (waiting.Count == 0)
                continue; // One after the other: sub-runs have held back those after them, and are done.
            if (!open.SequenceEqual(parked))
                await context.CallActivityAsync(AgentRunNames.ParkRun, new ParkInput(input.RunId, turn), new($"{turn}/park/{open[0]}"));
            parked = open;
            if (_waits++ >= MaxWaits)
                return await ContinueAtAsync(turn);
            if (!await AnswerOrRecheckAsync([.. waiting.Select(entry => entry.Result)]))
                return await StopAsync(turn);
        }
    }

    private async Task<List<(int, ToolResult)>> SideBySideAsync(int turn, List<int> calls)
    {
        ToolResult[] results = await Task.WhenAll(calls.Select(index => CallToolAsync(turn, index)));
        return [.. calls.Zip(results)];
    }

    /// <summary>A call that waits for an answer holds back those after it.</summary>
    private async Task<List<(int, ToolResult)>> InOrderAsync(int turn, List<int> calls)
    {
        List<(int, ToolResult)> results = [];
        foreach (int index in calls)
        {
            ToolResult result = await CallToolAsync(turn, index);
            results.Add((index, result));
            if (result.State != StepState.Done)
                break;
        }

        return results;
    }

    private Task<ToolResult> CallToolAsync(int turn, int index) => context.CallActivityAsync<ToolResult>(
        AgentRunNames.ExecuteTool, new ToolInput(input.RunId, turn, index, _label, _clock.Deadline), new(RunKeys.ToolStepName(turn, index)));

    /// <summary>Drives sub-runs side by side until all have ended; false when the run must stop. Their clocks count for this run's own, which stands still meanwhile.</summary>
    private async Task<bool> RunSubRunsAsync(List<ToolResult> calls)
    {
        _clock.Pause();
        Task<DateTimeOffset[]> all = Task.WhenAll(calls.SelectMany(Lanes));
        bool ended = await EndsInTimeAsync(all);
        _clock.ResumeWith(ended ? (await all).DefaultIfEmpty(_clock.Deadline).Max() : _clock.Deadline);
        return ended && !_clock.IsOver;
    }

    /// <summary>Divides the sub-runs of a call among as many lanes as may run at once; whoever is done takes the next.</summary>
    private IEnumerable<Task<DateTimeOffset>> Lanes(ToolResult call)
    {
        Queue<SubRun> waiting = new(call.SubRuns ?? []);
        return Enumerable.Range(0, Math.Min(waiting.Count, call.MaxConcurrency ?? int.MaxValue)).Select(_ => RunLaneAsync(waiting)).ToList();
    }

    private async Task<DateTimeOffset> RunLaneAsync(Queue<SubRun> waiting)
    {
        DateTimeOffset deadline = _clock.Deadline;
        while (waiting.TryDequeue(out SubRun? next))
        {
            if (context.CancelRequested.IsCompleted)
                await CloseAsync(next, unstarted: true);
            else
                deadline = await RunSubRunAsync(next, deadline);
        }

        return deadline;
    }

    /// <summary>Drives one sub-run. Whatever becomes of it is in its rows; a branch never fails the others.</summary>
    /// <returns>The deadline, moved by the time that stood still in it.</returns>
    private async Task<DateTimeOffset> RunSubRunAsync(SubRun subRun, DateTimeOffset deadline)
    {
        DateTimeOffset own = subRun.TimeoutSeconds is { } seconds && context.CurrentUtcDateTime.AddSeconds(seconds) is var limit && limit < deadline ? limit : deadline;
        try
        {
            AgentRunOutput output = await context.CallSubOrchestratorAsync<AgentRunOutput>(
                subRun.Workflow ? WorkflowNames.Orchestrator : AgentRunNames.Orchestrator,
                new AgentRunInput(subRun.RunId, own, subRun.MaxTurns, Label: _label, Prepare: subRun.Prepare),
                new(subRun.RunId));
            deadline += (output.Deadline ?? own) - own;
        }
        catch (TaskFailedException)
        {
            // It was terminated, or met a fault of ours: closing it writes its end.
        }

        await CloseAsync(subRun);
        return deadline;
    }

    private Task CloseAsync(SubRun subRun, bool unstarted = false) =>
        context.CallActivityAsync(AgentRunNames.CloseSubRun, new CloseSubRunInput(subRun.RunId, unstarted), new($"agent/{subRun.RunId}/0"));

    /// <summary>Sleeps until an answer came, an expiry is due or a re-check is; the run's own time stands still while a person is asked. False when the run must stop.</summary>
    private async Task<bool> AnswerOrRecheckAsync(List<ToolResult> waiting)
    {
        DateTimeOffset until = context.CurrentUtcDateTime + Recheck;
        foreach (ToolResult result in waiting)
            until = result.ExpiresAt is { } expiry && expiry < until ? expiry : until;
        TimeSpan limit = until - context.CurrentUtcDateTime;
        bool paused = waiting.Exists(result => result.ForPerson);
        if (paused)
            _clock.Pause();
        Task<Payload> answer = context.WaitForExternalEvent<Payload>(Mailbox.WakeUp, limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        await Task.WhenAny(answer, _clock.Over);
        _waiterOpen = !answer.IsCompletedSuccessfully;
        if (paused)
            _clock.Resume();
        return answer.IsCompleted && !_clock.IsOver;
    }

    /// <summary>Sleeps until a model may be asked again; false when the run must stop.</summary>
    private async Task<bool> RestAsync(DateTimeOffset until)
    {
        using CancellationTokenSource taken = new();
        Task rest = context.CreateTimer(until, taken.Token);
        await Task.WhenAny(rest, _clock.Over);
        TakeBack(taken);
        return !_clock.IsOver;
    }

    /// <summary>On this thread: cancelling asynchronously would run the callback outside the turn.</summary>
    private static void TakeBack(CancellationTokenSource timer) => timer.Cancel();

    /// <summary>Whether the work ended before the run had to stop; if it did not, what runs has been given its grace.</summary>
    private async Task<bool> EndsInTimeAsync(Task work)
    {
        if (await Task.WhenAny(work, _clock.Over) == work)
            return true;
        await Task.WhenAny(work, context.CreateTimer(Grace));
        return false;
    }

    private async Task<AgentRunOutput> ContinueAtAsync(int turn)
    {
        if (_waiterOpen)
        {
            await context.CallActivityAsync(AgentRunNames.WakeRun, new WakeInput(input.RunId), new($"{turn}/wake/0"));
            if (await Task.WhenAny(context.WaitForExternalEvent<Payload>(Mailbox.WakeUp), _clock.Over) == _clock.Over)
                return await StopAsync(turn);
        }

        context.ContinueAsNew(input with { Turn = turn, Label = _label, Execution = _execution, Deadline = _clock.Deadline });
        return AgentRunOutput.Continued;
    }

    private Task<AgentRunOutput> StopAsync(int turn, StepState reason = StepState.Cancelled) =>
        context.CancelRequested.IsCompleted || (reason == StepState.Cancelled && !_clock.HasTimedOut)
            ? FinalizeAsync(new(input.RunId, RunStatus.Cancelled, turn, Reason: context.CancelRequested is { IsCompleted: true } cancel ? cancel.Result.Reason : null))
            : FailAsync(turn, new(RunErrorCodes.RunTimeout, "The run took longer than limits.timeout_seconds allows."));

    private Task<AgentRunOutput> FailAsync(int turn, RunError error) => FinalizeAsync(new(input.RunId, RunStatus.Failed, turn, Error: error));

    private async Task<AgentRunOutput> FinalizeAsync(FinalizeInput end)
    {
        await context.CallActivityAsync(AgentRunNames.FinalizeRun, end, new("end/finalize/0", FinalizeRetry));
        return new(end.Status.ToString().ToLowerInvariant(), _clock.Deadline);
    }
}
