using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Makes what clients see of a run from its rows.</summary>
internal sealed class RunProjection(ITableStore tables, RunLog log, Transcript transcript, Questions questions, SubRunStore subRuns)
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Reads the run row; null if there is no such run, or it is another tenant's.</summary>
    public async Task<RunRow?> FindAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        await _table.GetAsync(runId, RunKeys.Run, cancellationToken) is { } row && new RunRow(row) is var run && run.Tenant == caller.Tenant ? run : null;

    /// <summary>The view of a run that was accepted just now: nothing has happened to it yet.</summary>
    public static RunView Fresh(RunRow run) => View(run, run.Status, [], null, null, lastEvent: 1);

    public async Task<RunView> ViewAsync(RunRow run, CancellationToken cancellationToken)
    {
        List<StepRow> steps = await StepRow.ReadAllAsync(_table, run.Id, cancellationToken);
        (RunStatus status, RequiredActionView? required) = await StatusAsync(run);
        long lastEvent = run.LastEvent ?? (await log.GetHeadAsync(run.Id, cancellationToken)).Last;
        RunView view = View(run, status, steps, required, await ResultAsync(run, cancellationToken), lastEvent);
        return run.HasSubRuns ? view with { Progress = view.Progress with { Agents = await AgentsAsync(run) } } : view;
    }

    /// <summary>The steps of a run, in order. A step that its run has left behind counts as cancelled.</summary>
    public async Task<IReadOnlyList<StepView>> HistoryAsync(RunRow run, CancellationToken cancellationToken) =>
        [.. (await StepRow.ReadAllAsync(_table, run.Id, cancellationToken)).Select(step => new StepView(
            step.Kind switch
            {
                StepRow.ToolKind => RunKeys.ToolStepName(step.Turn, step.Index),
                StepRow.WorkflowKind => RunKeys.WorkflowStepName(step.Turn),
                _ => RunKeys.ModelStepName(step.Turn),
            },
            step.Kind, step.Name, step.Epoch, step.StartedAt, step.EndedAt ?? run.EndedAt, step.Outcome ?? (run.BaseStatus.IsTerminal() ? "cancelled" : step.State)))];

    /// <summary>Where a run stands: what is answered goes on at once, so it is parked only while nothing of it or below it runs and nothing is answered.</summary>
    private async Task<(RunStatus Status, RequiredActionView? Required)> StatusAsync(RunRow run)
    {
        RequiredActionView? required = run.BaseStatus == RunStatus.RequiresAction || (run.HasSubRuns && !run.BaseStatus.IsTerminal()) ? await questions.AskedAsync(run) : null;
        RunStatus status = run.Status;
        if (status is RunStatus.RequiresAction or RunStatus.InProgress)
            status = required is null ? RunStatus.InProgress : RunStatus.RequiresAction;
        return (status, required);
    }

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
            Agent = new(run.AgentId, run.AgentType, run.AgentVersion),
            ConversationId = run.ConversationId,
            ParentRunId = run.ParentId,
            Path = run.Path,
            Workflow = run.WorkflowId is { } workflow ? new(workflow, run.WorkflowVersion, CurrentSteps(run, steps)) : null,
            Progress = new(run.Turn, run.MaxTurns, Activity(run, required), run.Provider, run.Model, ToolsRunning(run, steps)),
            Usage = new(totals.PromptTokens, totals.CompletionTokens, totals.TotalTokens, totals.CostUsd, totals.ModelCalls, totals.ToolCalls, totals.SavedUsd),
            Routing = [.. steps.Where(step => step.Kind == StepRow.ModelKind).Select(Routing)],
            RequiredAction = status == RunStatus.RequiresAction ? required : null,
            Result = result,
            Error = run.Error,
            Metadata = run.Metadata,
            LastEvent = lastEvent,
        };
    }

    /// <summary>Who works below the run, and where they stand.</summary>
    private async Task<IReadOnlyList<SubRunView>> AgentsAsync(RunRow run)
    {
        List<SubRunView> agents = [];
        foreach (SubRunRow entry in await subRuns.BelowAsync(run))
        {
            RunRow? row = await subRuns.FindAsync(entry.RunId);
            RunStatus status = entry.End ?? (row is null ? RunStatus.Queued : (await StatusAsync(row)).Status);
            agents.Add(new(entry.RunId, entry.Path, entry.Name, entry.AgentType, status, row?.Activity ?? "queued", row?.Turn ?? 0, row?.Provider, row?.Model));
        }

        return agents;
    }

    private static string Activity(RunRow run, RequiredActionView? required) => run.Activity switch
    {
        null => "queued",
        ParkRun.Activity when required is null => "running_tools",
        var activity => activity,
    };

    private static List<string> ToolsRunning(RunRow run, List<StepRow> steps) => run.Status.IsTerminal() ? []
        : [.. steps.Where(step => step.Kind == StepRow.ToolKind && step.State == StepRow.Running).Select(step => step.Name ?? "")];

    private static List<CurrentStepView> CurrentSteps(RunRow run, List<StepRow> steps) => run.Status.IsTerminal() ? []
        : [.. steps.Where(step => step.Kind == StepRow.ToolKind && step.Turn == run.Turn && step.State != StepRow.Done).Select(static step =>
            new CurrentStepView(StepCall.StepOf(step.CallId!), step.CallId!, step.State, step.WaitKind, step.ExpiresAt))];

    private static RoutingView Routing(StepRow step) => step.Read<RoutingView>(StepRow.PlanName)! with
    {
        Attempts = step.Read<List<AttemptView>>(StepRow.AttemptsName) ?? [],
    };

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
}
