using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;
using ToolStep = HybridAgents.Core.Workflows.ToolStep;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>The turn of a workflow's run that decides: takes in what the last step came to, and writes the next call or the end. It has no effects, so executed again it decides the same.</summary>
internal sealed class AdvanceWorkflow(
    ITableStore tables, RunLog log, RunRequests requests, StepResults results, ToolRegistry registry, IPrivacyScanner scanner, TimeProvider time)
    : TurnActivity(tables, log, requests)
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    protected override async Task<TurnResult> TakeAsync(ActivityContext context, TurnInput input, OpenTurn turn)
    {
        RunRow run = turn.Run;
        WorkflowTask task = turn.Request.Workflow!;
        WorkflowPlan plan = task.Plan ?? (await Requests.GetAsync(run.RootId!, CancellationToken.None))!.Workflow!.Plan!;
        WorkflowMove move = await DecideAsync(run, task, plan.Workflows[task.WorkflowId].Definition, input.Turn);
        return await WriteAsync(turn.Step, run, input, move);
    }

    private async Task<WorkflowMove> DecideAsync(RunRow run, WorkflowTask task, WorkflowDefinition workflow, int turn)
    {
        WorkflowState before = turn == 1
            ? new() { Frames = [new(task.Step, task.Block)], Heard = await HeardAsync(run) }
            : await results.StateAsync(run.Id, turn - 1) ?? throw new InvalidOperationException($"Turn {turn - 1} of {run.Id} has no state.");
        CallEnd? end = turn == 1 ? null : await results.EndAsync(run.Id, turn - 1);
        if (end is { Failed: true } && before.Pending is { } pending && workflow.AllSteps.First(entry => entry.Step.Id == pending.Step).Step is ToolStep tool
            && (await registry.GetAsync(run.Tenant, CancellationToken.None)).Find(tool.Tool) is { Definition.Effect: ToolEffect.AtMostOnce })
            end = end with { Retryable = false }; // It may have taken effect.
        WorkflowValues values = new(task, (id, state) => results.OutputAsync(run, task, workflow, id, state));
        return await new WorkflowInterpreter(workflow, run, values, new(values), turn).AdvanceAsync(before, end);
    }

    /// <summary>A branch goes on where the run around it stood: what that had heard is not heard again.</summary>
    private async Task<IReadOnlyDictionary<string, int>> HeardAsync(RunRow run) =>
        run.ParentId is { } parentId && await _table.GetAsync(parentId, RunKeys.Run, CancellationToken.None) is { } row && await results.StateAsync(parentId, new RunRow(row).Turn) is { } around
            ? around.Heard
            : new Dictionary<string, int>();

    private async Task<TurnResult> WriteAsync(StepExecution step, RunRow run, TurnInput input, WorkflowMove move)
    {
        DateTimeOffset now = time.GetUtcNow();
        PrivacyLabel label = input.Label.RaisedTo(run.Label);
        Message? message = move switch
        {
            WorkflowMove.Call call => Message.Assistant(null, [call.ToolCall]),
            WorkflowMove.Finish finish => Message.Assistant(Values.Text(finish.Output), []),
            _ => null,
        };
        if (message is { Content: { } said })
            label = label.RaisedTo(scanner.Scan(said));
        List<TableOperation> others = message is null ? [] : [Transcript.Write(run.Id, RunKeys.AssistantMessage(input.Turn), message, RunKeys.MessageId(run.Id, input.Turn), now)];
        TurnResult result = null!;
        await step.WriteAsync(head =>
        {
            List<EventDraft> events = [];
            TableRow patch = RunRow.Patch(run.Id)
                .Set(RunRow.StatusName, nameof(RunStatus.InProgress)).Set(RunRow.ExecutionName, input.Execution).Set(RunRow.TurnName, input.Turn).Set(RunRow.LabelName, (int)label);
            if (run.BaseStatus == RunStatus.Queued)
            {
                patch.Set(RunRow.StartedName, now);
                events.Add(new(RunEventTypes.RunStarted, new { agent_type = run.AgentType }));
            }

            bool closes = move is WorkflowMove.Finish && !head.Held;
            result = move switch
            {
                WorkflowMove.Call => new(StepState.Done, label, Calls: 1),
                WorkflowMove.Fail fail => new(StepState.Failed, label, Error: fail.Error),
                _ => new(StepState.Done, label, FinishReason: "stop", Closed: closes),
            };
            if (move is WorkflowMove.Call { State.Pending: { } pending } call)
                events.Add(new(RunEventTypes.TurnStarted, new { turn = input.Turn, step = pending.Step, call_id = call.ToolCall.Id, attempt = pending.Attempt > 1 ? pending.Attempt : (int?)null }));
            patch.Set(RunRow.ActivityName, move is WorkflowMove.Call ? "running_tools" : "planning");
            if (closes)
            {
                FinalizeInput end = new(run.Id, RunStatus.Completed, input.Turn, "stop");
                events.Add(RunEnd.Event(end));
                RunEnd.Apply(patch, end, head.Last + events.Count, now);
            }

            TableRow receipt = step.Patch()
                .Set(StepRow.KindName, StepRow.WorkflowKind)
                .Set(StepRow.NameName, move.State.Pending?.Step)
                .Set(StepRow.EpochName, step.Epoch)
                .Set(StepRow.StateName, StepRow.Done)
                .Set(StepRow.StartedName, now)
                .Set(StepRow.EndedName, now)
                .Set(StepRow.OutcomeName, move is WorkflowMove.Fail ? "error" : "ok")
                .Set(StepRow.WorkflowName, StepRow.Json(move.State))
                .Set(StepRow.ReceiptName, StepRow.Json(result));
            return new(receipt, events, [.. others, TableOperation.Merge(patch, etag: null)]);
        });
        return result;
    }
}
