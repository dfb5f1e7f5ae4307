using System.Text;
using System.Text.Json;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Reads what steps of workflows came to, and where their runs stand.</summary>
internal sealed class StepResults(ITableStore tables, Transcript transcript, Mailbox mailbox, RunRequests requests)
{
    /// <summary>The longest text that is looked at as JSON, in characters.</summary>
    private const int MaxData = 1024 * 1024;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Where a run stood after a turn; null if it has not come that far.</summary>
    public async Task<WorkflowState?> StateAsync(string runId, int turn) =>
        await _table.GetAsync(runId, RunKeys.ModelStep(turn), CancellationToken.None) is { } row ? new StepRow(row).Read<WorkflowState>(StepRow.WorkflowName) : null;

    /// <summary>How the one call of a turn ended; null if it has not.</summary>
    public async Task<CallEnd?> EndAsync(string runId, int turn)
    {
        if (await _table.GetAsync(runId, RunKeys.ToolStep(turn, 0), CancellationToken.None) is not { } row || new StepRow(row) is not { State: StepRow.Done } step)
            return null;
        Mail? answer = step is { WaitKind: Mailbox.Approval, MailKey: { } key } ? await mailbox.ReadAsync(runId, key, CancellationToken.None) : null;
        return new(turn, step.Outcome == "error", await TextAsync(runId, turn), answer);
    }

    /// <summary>What a step came to, as expressions see it: <c>output</c> and <c>error</c>. Null if it has not run.</summary>
    /// <param name="run">The run that asks.</param>
    /// <param name="task">Its task; a block of a parallel step sees what the run around it had.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="id">The step.</param>
    /// <param name="state">Where the run stands.</param>
    public async Task<JsonElement> OutputAsync(RunRow run, WorkflowTask task, WorkflowDefinition workflow, string id, WorkflowState state)
    {
        if (state.Done.TryGetValue(id, out StepEnd? end))
            return await ReadAsync(run.Id, workflow.AllSteps.First(entry => entry.Step.Id == id).Step, end);
        if (task.Step is null || run.ParentId is not { } parentId
            || await _table.GetAsync(parentId, RunKeys.Run, CancellationToken.None) is not { } row || new RunRow(row) is not { } parent
            || await requests.GetAsync(parentId, CancellationToken.None) is not { Workflow: { } around }
            || await StateAsync(parentId, parent.Turn) is not { } there)
            return Values.Null;
        return await OutputAsync(parent, around, workflow, id, there);
    }

    private async Task<JsonElement> ReadAsync(string runId, WorkflowStep step, StepEnd end)
    {
        string? text = end.Value is null ? await TextAsync(runId, end.Turn) : null;
        if (end.Failed)
            return Values.Of(new { output = Values.Null, error = text ?? Values.Text(end.Value!.Value) });
        JsonElement output = end.Value ?? step switch
        {
            HandoffStep => Values.Of(new { text, data = DataOf(text!), agent = end.Agent }),
            ParallelStep or WaitStep => DataOf(text!),
            _ => Values.Of(new { text, data = DataOf(text!) }),
        };
        return Values.Of(new { output, error = Values.Null });
    }

    /// <summary>A call's whole result: the transcript's message, or what was kept beside it because it is longer.</summary>
    private async Task<string> TextAsync(string runId, int turn)
    {
        List<byte> kept = [];
        await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix(RunKeys.ToolOutput(turn, 0)), CancellationToken.None))
            kept.AddRange(row.Get<byte[]>("bytes")!);
        if (kept.Count > 0)
            return Encoding.UTF8.GetString([.. kept]);
        return (await transcript.GetAsync(runId, RunKeys.ToolMessage(turn, 0), CancellationToken.None))?.Content ?? "";
    }

    /// <summary>The object or list that a text is, with or without a fence around it; null if it is none.</summary>
    public static JsonElement DataOf(string text)
    {
        ReadOnlySpan<char> json = text.AsSpan().Trim();
        if (json.StartsWith("```") && json.EndsWith("```") && json.IndexOf('\n') is > 0 and var line)
            json = json[(line + 1)..^3].Trim();
        if (json.Length is 0 or > MaxData || json[0] is not ('{' or '['))
            return Values.Null;
        try
        {
            return JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            return Values.Null;
        }
    }
}
