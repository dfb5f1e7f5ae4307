using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>How the call of the turn before ended.</summary>
/// <param name="Turn">That turn.</param>
/// <param name="Failed">Whether it is an error.</param>
/// <param name="Text">Its result.</param>
/// <param name="Answer">What a person answered, for an approval.</param>
/// <param name="Retryable">Whether the call may be made again.</param>
internal sealed record CallEnd(int Turn, bool Failed, string Text, Mail? Answer = null, bool Retryable = true);

/// <summary>Goes through a workflow up to the next step that does something. Decides from the state, what calls came to, and the values that conditions read; has no effects.</summary>
internal sealed class WorkflowInterpreter(WorkflowDefinition workflow, RunRow run, WorkflowValues values, StepCalls calls, int turn)
{
    /// <summary>The most moves between two calls: nested loops around nothing end here.</summary>
    private const int MaxMoves = 10_000;

    private const int MaxErrorText = 500;

    private readonly Dictionary<string, WorkflowStep> _steps = workflow.AllSteps.ToDictionary(static entry => entry.Step.Id, static entry => entry.Step);

    public async Task<WorkflowMove> AdvanceAsync(WorkflowState state, CallEnd? end)
    {
        if (state.Pending is { } pending)
        {
            if (await SettleAsync(state with { Pending = null }, pending, end!) is var (settled, move) && move is not null)
                return move;
            state = settled;
        }

        for (int moves = 0; moves < MaxMoves; moves++)
        {
            IReadOnlyList<WorkflowStep> list = ListOf(state.Top);
            if (state.Top.Next < list.Count)
            {
                (state, WorkflowMove? move) = await EnterAsync(state, list[state.Top.Next]);
                if (move is not null)
                    return move;
            }
            else if (state.Frames.Count == 1)
                return new WorkflowMove.Finish(state, await OutputAsync(state));
            else
            {
                (state, WorkflowMove? move) = await LeaveAsync(state);
                if (move is not null)
                    return move;
            }
        }

        return new WorkflowMove.Fail(state, new(RunErrorCodes.StepFailed, $"The workflow made {MaxMoves} moves without a step that does something."));
    }

    /// <summary>Begins a step.</summary>
    private async Task<(WorkflowState State, WorkflowMove? Move)> EnterAsync(WorkflowState state, WorkflowStep step)
    {
        switch (step)
        {
            case LoopStep:
                return (state with { Frames = [.. state.Frames, new(step.Id, 0, Round: 1)] }, null);
            case BranchStep branch:
                int chosen = 0;
                while (chosen < branch.Cases.Count && !await values.HoldsAsync(branch.Cases[chosen].When, state))
                    chosen++;
                return (state with { Frames = [.. state.Frames, new(step.Id, chosen)] }, null);
            case HandoffStep handoff:
                return await CallAsync(state, step, new(step.Id, Agent: handoff.Agents[0].Name), null);
            default:
                return await CallAsync(state, step, new(step.Id), null);
        }
    }

    /// <summary>Ends the innermost list.</summary>
    private async Task<(WorkflowState State, WorkflowMove? Move)> LeaveAsync(WorkflowState state)
    {
        Frame frame = state.Top;
        WorkflowState outer = state with { Frames = [.. state.Frames.SkipLast(1)] };
        if (_steps[frame.Step!] is not LoopStep loop)
        {
            BranchStep branch = (BranchStep)_steps[frame.Step!];
            return (Done(outer, branch, new(0, Values.Of(new Dictionary<string, int?> { ["case"] = frame.Block < branch.Cases.Count ? frame.Block : null }))), null);
        }

        bool holds = await values.HoldsAsync(loop.Until, state);
        if (!holds && frame.Round < loop.MaxIterations)
            return (state.WithTop(frame with { Next = 0, Round = frame.Round + 1 }), null);
        if (!holds && loop.OnLimit == ErrorPolicy.Fail)
            return (state, Failed(state, loop.Id, $"its condition did not hold after {loop.MaxIterations} rounds"));
        return (Done(outer, loop, new(0, Values.Of(new Dictionary<string, object> { ["iterations"] = frame.Round, ["done"] = holds }))), null);
    }

    /// <summary>Makes the call of a step, or notes that it cannot be made.</summary>
    private async Task<(WorkflowState State, WorkflowMove? Move)> CallAsync(WorkflowState state, WorkflowStep step, PendingStep pending, string? said)
    {
        if (turn >= WorkflowTask.MaxTurns)
            return (state, new WorkflowMove.Fail(state, new(RunErrorCodes.MaxTurnsExceeded, $"The workflow took more than {WorkflowTask.MaxTurns - 1} steps, repetitions included.")));
        StepRequest request = await calls.MakeAsync(step, pending, state, said);
        if (request.Fault is { } fault)
            return Missed(state, step, new(0, Values.Of(fault), Failed: true), fault);
        bool first = !state.Done.ContainsKey(step.Id) && pending is { Attempt: 1, Hop: 0 };
        string id = StepCall.IdOf(step.Id, run, turn, first, pending.Paused);
        return (state, new WorkflowMove.Call(state with { Pending = pending }, new ToolCall(id, request.Name, request.Arguments)));
    }

    /// <summary>Takes in how a call ended.</summary>
    private async Task<(WorkflowState State, WorkflowMove? Move)> SettleAsync(WorkflowState state, PendingStep pending, CallEnd end)
    {
        WorkflowStep step = _steps[pending.Step];
        if (pending.Paused)
            return await CallAsync(state, step, pending with { Paused = false }, null);
        switch (step)
        {
            case ApprovalStep approval:
                bool approved = !end.Failed;
                if (!approved && approval.OnReject == ErrorPolicy.Fail)
                    return (state, new WorkflowMove.Fail(state, new(RunErrorCodes.ApprovalRejected, $"The step '{step.Id}' was not approved: {Shown(end.Text)}")));
                string decision = end.Answer?.Decision ?? (approved ? "approve" : "reject");
                return (Done(state, step, new(0, Values.Of(new Dictionary<string, object?> { ["approved"] = approved, ["decision"] = decision, ["comment"] = end.Answer?.Text }))), null);
            case WaitStep when end.Failed:
                return Missed(state, step, new(end.Turn, Failed: true), end.Text);
            case WaitStep { Event: { } name }:
                if (!end.Text.StartsWith("{\"timed_out\":true", StringComparison.Ordinal))
                    state = state with { Heard = new Dictionary<string, int>(state.Heard) { [name] = state.Heard.GetValueOrDefault(name) + 1 } };
                break;
            case WorkStep work when end.Failed:
                return work.Retry is { } retry && pending.Attempt < retry.MaxAttempts && end.Retryable
                    ? await CallAsync(state, step, pending with { Attempt = pending.Attempt + 1, Paused = retry.DelayAfter(pending.Attempt) > TimeSpan.Zero, Hop = 0, Agent = FirstAgent(step) }, null)
                    : Missed(state, step, new(end.Turn, Failed: true), end.Text);
            case HandoffStep handoff when Handoff.TargetOf(end.Text, handoff, pending) is { } target:
                return await CallAsync(state, step, pending with { Hop = pending.Hop + 1, Agent = target.Name }, end.Text);
        }

        return (Done(state, step, new(end.Turn, Agent: pending.Agent)), null);
    }

    private static string? FirstAgent(WorkflowStep step) => step is HandoffStep handoff ? handoff.Agents[0].Name : null;

    /// <summary>A step has failed for good.</summary>
    private (WorkflowState State, WorkflowMove? Move) Missed(WorkflowState state, WorkflowStep step, StepEnd end, string why) =>
        step is WorkStep { OnError: ErrorPolicy.Continue } or WaitStep { OnTimeout: ErrorPolicy.Continue } ? (Done(state, step, end), null) : (state, Failed(state, step.Id, why));

    private static WorkflowMove.Fail Failed(WorkflowState state, string step, string why) =>
        new(state, new(RunErrorCodes.StepFailed, $"The step '{step}' failed: {Shown(why)}"));

    private static string Shown(string text) => text.Length <= MaxErrorText ? text : text[..MaxErrorText] + "…";

    private WorkflowState Done(WorkflowState state, WorkflowStep step, StepEnd end)
    {
        IReadOnlyList<WorkflowStep> list = ListOf(state.Top);
        int next = step.Next switch
        {
            null => state.Top.Next + 1,
            WorkflowStep.End => list.Count,
            var id => list.ToList().FindIndex(other => other.Id == id),
        };
        return state.With(step.Id, end).WithTop(state.Top with { Next = next });
    }

    private async Task<JsonElement> OutputAsync(WorkflowState state)
    {
        if (workflow.Output is { } output && state.Top.Step is null)
            return await values.ExpandAsync(output, state);
        if (state.Last is not { } last)
            return Values.Null;
        JsonElement ended = await values.EvaluateAsync($"{{{{steps.{last}.output}}}}", state);
        return ended.ValueKind == JsonValueKind.Object && ended.TryGetProperty("text", out JsonElement text) ? text : ended;
    }

    private IReadOnlyList<WorkflowStep> ListOf(Frame frame) => frame.Step is { } id ? _steps[id].Blocks[frame.Block].Steps : workflow.Steps;
}
