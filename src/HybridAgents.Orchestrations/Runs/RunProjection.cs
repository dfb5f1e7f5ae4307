using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Makes what clients see of a run from its rows.</summary>
internal sealed class RunProjection(ITableStore tables, RunLog log, Transcript transcript, Mailbox mailbox)
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Reads the run row; null if there is no such run, or it is another tenant's.</summary>
    public async Task<RunRow?> FindAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        await _table.GetAsync(runId, RunKeys.Run, cancellationToken) is { } row && new RunRow(row) is var run && run.Tenant == caller.Tenant ? run : null;

    /// <summary>The view of a run that was accepted just now: nothing has happened to it yet.</summary>
    public static RunView Fresh(RunRow run) => View(run, run.Status, [], null, null, lastEvent: 1);

    public async Task<RunView> ViewAsync(RunRow run, CancellationToken cancellationToken)
    {
        List<StepRow> steps = await ReadStepsAsync(run.Id, cancellationToken);
        RunStatus status = run.Status;
        // What is answered goes on at once, so a run is parked only while nothing runs and nothing is answered.
        RequiredActionView? required = run.BaseStatus == RunStatus.RequiresAction ? await RequiredActionAsync(run, steps, cancellationToken) : null;
        if (status == RunStatus.RequiresAction && required is null)
            status = RunStatus.InProgress;
        long lastEvent = run.LastEvent ?? (await log.GetHeadAsync(run.Id, cancellationToken)).Last;
        return View(run, status, steps, required, await ResultAsync(run, cancellationToken), lastEvent);
    }

    /// <summary>What a run waits for, when nothing else can go on; null when it does not wait.</summary>
    public async Task<RequiredActionView?> RequiredActionAsync(RunRow run, CancellationToken cancellationToken) =>
        await RequiredActionAsync(run, await ReadStepsAsync(run.Id, cancellationToken), cancellationToken);

    /// <summary>The steps of a run, in order. A step that its run has left behind counts as cancelled.</summary>
    public async Task<IReadOnlyList<StepView>> HistoryAsync(RunRow run, CancellationToken cancellationToken) =>
        [.. (await ReadStepsAsync(run.Id, cancellationToken)).Select(step => new StepView(
            step.Kind == StepRow.ToolKind ? RunKeys.ToolStepName(step.Turn, step.Index) : RunKeys.ModelStepName(step.Turn),
            step.Kind, step.Name, step.Epoch, step.StartedAt, step.EndedAt ?? run.EndedAt, step.Outcome ?? (run.BaseStatus.IsTerminal() ? "cancelled" : step.State)))];

    /// <summary>Finds the step that asked for an answer of that kind to a call; null if none did.</summary>
    public async Task<StepRow?> FindQuestionAsync(string runId, string kind, string callId, CancellationToken cancellationToken) =>
        (await ReadStepsAsync(runId, cancellationToken)).Find(step => step.CallId == callId && step.WaitKind == kind);

    private static RunView View(
        RunRow run, RunStatus status, List<StepRow> steps, RequiredActionView? required, ResultView? result, long lastEvent)
    {
        RunTotals totals = run.Totals;
        return new()
        {
            RunId = run.Id,
            Status = status,
            CreatedAt = run.CreatedAt.ToUnixTimeSeconds(),
            StartedAt = run.StartedAt?.ToUnixTimeSeconds(),
            CompletedAt = run.EndedAt?.ToUnixTimeSeconds(),
            Agent = new(run.AgentId, run.AgentType),
            Progress = new(run.Turn, run.MaxTurns, Activity(run, required), run.Provider, run.Model, ToolsRunning(run, steps)),
            Usage = new(totals.PromptTokens, totals.CompletionTokens, totals.TotalTokens, totals.CostUsd, totals.ModelCalls, totals.ToolCalls),
            Routing = [.. steps.Where(step => step.Kind == StepRow.ModelKind).Select(Routing)],
            RequiredAction = status == RunStatus.RequiresAction ? required : null,
            Result = result,
            Error = run.Error,
            Metadata = run.Metadata,
            LastEvent = lastEvent,
        };
    }

    private static string Activity(RunRow run, RequiredActionView? required) => run.Activity switch
    {
        null => "queued",
        ParkRun.Activity when required is null => "running_tools",
        var activity => activity,
    };

    private static List<string> ToolsRunning(RunRow run, List<StepRow> steps) => run.Status.IsTerminal() ? []
        : [.. steps.Where(step => step.Kind == StepRow.ToolKind && step.State == StepRow.Running).Select(step => step.Name ?? "")];

    private static RoutingView Routing(StepRow step) => step.Read<RoutingView>(StepRow.PlanName)! with
    {
        Attempts = step.Read<List<AttemptView>>(StepRow.AttemptsName) ?? [],
    };

    private async Task<RequiredActionView?> RequiredActionAsync(RunRow run, List<StepRow> steps, CancellationToken cancellationToken)
    {
        List<StepRow> open = steps.FindAll(step => step.Turn == run.Turn && step.State != StepRow.Done);
        foreach (StepRow step in open)
        {
            if (step.State != StepRow.Waiting || await mailbox.ReadAsync(run.Id, step.MailKey!, cancellationToken) is not null)
                return null;
        }

        if (open.Count == 0)
            return null;
        // One kind at a time, as clients expect; the others follow once these are answered.
        string kind = open[0].WaitKind!;
        return new(kind, [.. open.Where(step => step.WaitKind == kind).Select(step => new RequiredCallView(
            step.CallId!, null, step.Name!, JsonSerializer.Deserialize<JsonElement>(string.IsNullOrWhiteSpace(step.Arguments) ? "{}" : step.Arguments), step.ExpiresAt))]);
    }

    /// <summary>The answer of a completed run, or what a cancelled or failed one had said in its last turn.</summary>
    private async Task<ResultView?> ResultAsync(RunRow run, CancellationToken cancellationToken)
    {
        if (!run.Status.IsTerminal())
            return null;
        Core.Conversations.Message? message = await transcript.GetAnswerAsync(run.Id, run.Turn, cancellationToken);
        if (message is null && run.Status != RunStatus.Completed)
            return null;
        string reason = run.FinishReason ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(run.Status.ToString());
        return new(message, reason, $"/api/v1/agents/runs/{run.Id}/messages");
    }

    private async Task<List<StepRow>> ReadStepsAsync(string runId, CancellationToken cancellationToken)
    {
        List<StepRow> steps = [];
        await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix(RunKeys.StepPrefix), cancellationToken))
            steps.Add(new(row));
        return steps;
    }
}
