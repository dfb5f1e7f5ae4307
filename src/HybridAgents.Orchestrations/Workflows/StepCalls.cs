using System.Text.Json;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>The call that carries a step out: what is asked, of whom. Or why it cannot be made.</summary>
internal sealed record StepRequest(string Name, string Arguments, string? Fault = null)
{
    public static StepRequest Missing(string fault) => new("", "", fault);
}

/// <summary>Makes the calls of steps: templates become arguments.</summary>
internal sealed class StepCalls(WorkflowValues values)
{
    /// <summary>The longest arguments of a call, and the longest input of an agent, in characters.</summary>
    private const int MaxArguments = 256 * 1024, MaxInput = 100_000;

    public async Task<StepRequest> MakeAsync(WorkflowStep step, PendingStep pending, WorkflowState state, string? said)
    {
        if (pending.Paused)
            return Of(step, new { seconds = ((WorkStep)step).Retry!.DelayAfter(pending.Attempt - 1).TotalSeconds });
        switch (step)
        {
            case AgentStep agent:
                string input = await values.RenderAsync(agent.Input, state);
                return TooLong(input) ?? Of(step, new { agent = agent.Agent, input, instructions = await RenderAsync(agent.Instructions, state) });
            case HandoffStep handoff:
                HandoffAgent holder = handoff.Agents.First(one => one.Name == pending.Agent);
                string asked = await values.RenderAsync(handoff.Input, state);
                if (said is not null)
                    asked = Handoff.PassOn(asked, "the agent before you", said);
                return TooLong(asked)
                    ?? Of(step, new { agent = holder.Agent, name = holder.Name, input = asked, instructions = Handoff.Instructions(handoff, pending, await RenderAsync(holder.Instructions, state)) });
            case ToolStep tool:
                return Bounded(tool.Tool, tool.Arguments is { } arguments ? await values.ExpandAsync(arguments, state) : Values.Of(new object()));
            case SubWorkflowStep other:
                return Bounded(step.Type, Values.Of(new { workflow = other.Workflow, inputs = other.Inputs is { } given ? await values.ExpandAsync(given, state) : Values.Of(new object()) }));
            case ParallelStep parallel:
                return await SideBySideAsync(parallel, state);
            case ApprovalStep approval:
                return Of(step, new { message = await values.RenderAsync(approval.Message, state) });
            case WaitStep wait:
                return await WaitAsync(wait, state);
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Type, "This step makes no call.");
        }
    }

    private async Task<StepRequest> SideBySideAsync(ParallelStep parallel, WorkflowState state)
    {
        Dictionary<string, JsonElement> names = values.Names(state);
        if (parallel.Items is not { } source)
            return Bounded(parallel.Type, Values.Of(new { names }));
        JsonElement items = await values.EvaluateAsync(source, state);
        if (items.ValueKind != JsonValueKind.Array)
            return StepRequest.Missing($"items is {(items.ValueKind == JsonValueKind.Null ? "null" : "no list")}; a list is needed.");
        return items.GetArrayLength() > ParallelStep.MaxItems
            ? StepRequest.Missing($"items has {items.GetArrayLength()} members; at most {ParallelStep.MaxItems} are allowed.")
            : Bounded(parallel.Type, Values.Of(new { items, names }));
    }

    private async Task<StepRequest> WaitAsync(WaitStep wait, WorkflowState state)
    {
        if (wait.Until is not { } text)
            return Of(wait, wait.Event is { } name ? new { @event = name, number = state.Heard.GetValueOrDefault(name) } : new { seconds = wait.Seconds!.Value });
        string until = await values.RenderAsync(text, state);
        return WaitStep.ParseUntil(until) is { } time
            ? Of(wait, new { until = time })
            : StepRequest.Missing("until is no ISO 8601 time.");
    }

    private async Task<string?> RenderAsync(string? text, WorkflowState state) => text is null ? null : await values.RenderAsync(text, state);

    private static StepRequest? TooLong(string input) =>
        input.Length > MaxInput ? StepRequest.Missing($"its input has {input.Length} characters; at most {MaxInput} are allowed.") : null;

    private static StepRequest Of(WorkflowStep step, object arguments) => Bounded(step.Type, Values.Of(arguments));

    private static StepRequest Bounded(string name, JsonElement arguments)
    {
        string text = Values.Text(arguments);
        return text.Length > MaxArguments ? StepRequest.Missing($"its arguments have {text.Length} characters; at most {MaxArguments} are allowed.") : new(name, text);
    }
}
