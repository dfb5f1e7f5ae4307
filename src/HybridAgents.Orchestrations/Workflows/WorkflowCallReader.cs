using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using ToolStep = HybridAgents.Core.Workflows.ToolStep;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Understands the calls that steps of workflows make: a tool, sub-runs, a person or a wait.</summary>
internal sealed class WorkflowCallReader(RunRequests requests, ToolRegistry registry)
{
    private static readonly ApprovalGate Gate = new();

    public async ValueTask<ResolvedCall> ReadAsync(ToolCall call, RunRequest request, RunRow run, CancellationToken cancellationToken)
    {
        WorkflowTask task = request.Workflow!;
        WorkflowPlan plan = task.Plan ?? (await requests.GetAsync(run.RootId!, cancellationToken))!.Workflow!.Plan!;
        WorkflowStep step = plan.Workflows[task.WorkflowId].Definition.AllSteps.First(entry => entry.Step.Id == StepCall.StepOf(call.Id)).Step;
        JsonElement arguments = JsonElement.Parse(call.Arguments);
        if (StepCall.IsPause(call.Id))
            return new(call, null, arguments, null) { Wait = For(arguments) };
        return step switch
        {
            ToolStep tool => Limit(ToolCallReader.Read(call, request, await registry.GetAsync(run.Tenant, cancellationToken)), tool.TimeoutSeconds),
            AgentStep agent => Hand(call, arguments, agent, [new(agent.Id, agent.Agent, Ask(plan.Agents[agent.Agent], arguments, agent.Model))]),
            HandoffStep handoff => Hand(call, arguments, handoff, [new($"{handoff.Id}.{arguments.GetProperty("name").GetString()}", "", Ask(plan.Agents[arguments.GetProperty("agent").GetString()!], arguments, null))]),
            SubWorkflowStep other => Start(call, arguments, other, plan),
            ParallelStep parallel => SideBySide(call, arguments, parallel, task),
            ApprovalStep approval => new(call, Gate, arguments, null)
            {
                Approval = new() { TimeoutSeconds = approval.TimeoutSeconds, ApproveOnTimeout = approval.OnTimeout == ApprovalDecision.Approve },
            },
            WaitStep wait => new(call, null, arguments, null) { Wait = WaitOf(wait, arguments, run) },
            _ => throw new ArgumentOutOfRangeException(nameof(call), step.Type, "This step makes no call."),
        };
    }

    private static ResolvedCall Limit(ResolvedCall call, int? seconds) =>
        seconds is { } limit && call.Tool is { } tool ? call with { Tool = new TimedTool(tool, TimeSpan.FromSeconds(limit)) } : call;

    private static ResolvedCall Hand(ToolCall call, JsonElement arguments, WorkStep step, IReadOnlyList<Branch> branches) =>
        new(call, null, arguments, null, new(branches, Plain: true) { TimeoutSeconds = step.TimeoutSeconds });

    private static RunRequest Ask(AgentConfig agent, JsonElement arguments, string? model)
    {
        string? own = arguments.TryGetProperty("instructions", out JsonElement text) ? text.GetString() : null;
        string instructions = string.Join("\n\n", new[] { agent.Instructions, own }.OfType<string>());
        return new()
        {
            Agent = agent with { Instructions = instructions.Length == 0 ? null : instructions, Model = model ?? agent.Model },
            Messages = [Message.User(arguments.GetProperty("input").GetString()!)],
        };
    }

    private static ResolvedCall Start(ToolCall call, JsonElement arguments, SubWorkflowStep step, WorkflowPlan plan)
    {
        PinnedWorkflow other = plan.Workflows[step.Workflow];
        List<WorkflowFault> faults = [];
        JsonElement inputs = WorkflowCheck.ReadInputs(other.Definition, arguments.GetProperty("inputs"), faults);
        if (faults.Count > 0)
            return new(call, null, arguments, $"The inputs of '{step.Workflow}' do not fit: {string.Join("; ", faults.Select(static fault => $"{fault.Path} {fault.Message}"))}.");
        return Hand(call, arguments, step, [new(step.Id, step.Workflow, Request(new() { WorkflowId = step.Workflow, Version = other.Version, Inputs = inputs }))]);
    }

    private static ResolvedCall SideBySide(ToolCall call, JsonElement arguments, ParallelStep step, WorkflowTask task)
    {
        Dictionary<string, JsonElement> names = arguments.GetProperty("names").EnumerateObject().ToDictionary(static name => name.Name, static name => name.Value);
        List<Branch> branches = [];
        if (step.Items is null)
            branches.AddRange(step.Branches.Select((branch, index) => new Branch($"{step.Id}.{branch.Name}", branch.Name, Request(task with { Plan = null, Step = step.Id, Block = index, Names = names }))));
        else
        {
            foreach (JsonElement item in arguments.GetProperty("items").EnumerateArray())
            {
                Dictionary<string, JsonElement> own = new(names) { ["item"] = item, ["index"] = Values.Of(branches.Count) };
                branches.Add(new($"{step.Id}.{branches.Count}", "", Request(task with { Plan = null, Step = step.Id, Block = 0, Names = own })));
            }
        }

        return new(call, null, arguments, null, new(branches)
        {
            Combiner = ends => Join(step, ends),
            MaxConcurrency = step.MaxConcurrency,
            TimeoutSeconds = step.TimeoutSeconds,
        });
    }

    private static RunRequest Request(WorkflowTask task) => new()
    {
        Agent = new() { AgentType = WorkflowTask.AgentType, MaxTurns = WorkflowTask.MaxTurns },
        Messages = [],
        Workflow = task,
    };

    private static ToolOutput Join(ParallelStep step, IReadOnlyList<BranchEnd> ends)
    {
        int failed = ends.Count(static end => end.Answer is null);
        if (failed > 0 && step.OnFailure == ErrorPolicy.Fail)
            return ToolOutput.Error($"{failed} of {ends.Count} branches failed. {string.Join(" ", ends.Select((end, index) => (end, index)).Where(static one => one.end.Answer is null).Take(3).Select(one => $"{(step.Items is null ? step.Branches[one.index].Name : $"Item {one.index}")}: {one.end.Failure}"))}");
        object[] outputs = [.. ends.Select(static end => new { text = end.Answer, data = StepResults.DataOf(end.Answer ?? ""), error = end.Failure })];
        return new(Values.Text(step.Items is null
            ? Values.Of(new { branches = step.Branches.Select((branch, index) => (branch.Name, outputs[index])).ToDictionary(static branch => branch.Name, static branch => branch.Item2), failed })
            : Values.Of(new { items = outputs, failed })));
    }

    private static StepWait WaitOf(WaitStep step, JsonElement arguments, RunRow run)
    {
        if (step.Event is { } name)
            return new((run.RootId ?? run.Id, RunKeys.Mail(Mailbox.Event, name, arguments.GetProperty("number").GetInt32())), begun => begun.AddSeconds(step.TimeoutSeconds), step.OnTimeout == ErrorPolicy.Fail);
        return step.Until is null ? For(arguments) : new(null, _ => arguments.GetProperty("until").GetDateTimeOffset(), FailsInTime: false);
    }

    private static StepWait For(JsonElement arguments) => new(null, begun => begun.AddSeconds(arguments.GetProperty("seconds").GetDouble()), FailsInTime: false);
}
