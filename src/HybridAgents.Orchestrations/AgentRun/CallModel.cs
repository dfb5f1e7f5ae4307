using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>The model step: plans the turn, calls the model, and writes answer, usage and events with the receipt. A final answer closes the run in the same write.</summary>
/// <remarks>The first one claims the run. Executed again without a receipt it calls the model again, and the lost attempt is recorded with estimated usage.</remarks>
internal sealed class CallModel(
    ITableStore tables, RunLog log, RunRequests requests, TurnPlanner planner, PrivacyGate gate, IModelGateway gateway, IBudgets budgets, IUsage usage, TimeProvider time) : Activity<TurnInput, TurnResult>
{
    /// <summary>The longest that a model step may take, all candidates together.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<TurnResult> RunAsync(ActivityContext context, TurnInput input)
    {
        try
        {
            return await ExecuteAsync(context, input);
        }
        catch (FencedException)
        {
            return new(StepState.Lost, input.Label);
        }
    }

    private async Task<TurnResult> ExecuteAsync(ActivityContext context, TurnInput input)
    {
        CancellationToken cancellation = context.CancellationToken;
        string key = RunKeys.ModelStep(input.Turn);
        StepRow? existing = await _table.GetAsync(input.RunId, key, CancellationToken.None) is { } row ? new(row) : null;
        if (existing?.Receipt<TurnResult>() is { } receipt)
        {
            await CountAsync(input.RunId, existing);
            return receipt;
        }

        RunHead head = await log.GetHeadAsync(input.RunId, CancellationToken.None);
        if (head.Closed)
            return new(StepState.Lost, input.Label);
        if (head.Cancelling)
            return new(StepState.Cancelled, input.Label);
        TimeSpan left = input.Deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return new(StepState.TimedOut, input.Label);
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } runRow || await requests.GetAsync(input.RunId, CancellationToken.None) is not { } request)
            return new(StepState.Lost, input.Label);
        RunRow run = new(runRow);
        if (run.BaseStatus != RunStatus.Queued && run.Execution != input.Execution)
            return new(StepState.Lost, input.Label);

        TimeSpan most = left < Limit ? left : Limit;
        using CancellationTokenSource limit = new(most, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using StepExecution step = new(log, input.RunId, key, existing);
        try
        {
            if (existing is { State: StepRow.Resting })
                await usage.CountAsync(StepReceipt.Of(run.Tenant, request, input.RunId, existing));
            CallBudget budget = new(budgets, request.Accounts, request.Limits, $"{run.Id}|{key}", time.GetUtcNow() + most + CallBudget.Grace);
            TurnPlan plan = await planner.PlanAsync(run, request, budget, input.Turn, input.Label.RaisedTo(run.Label), stop.Token);
            ModelStep work = new(step, run, request, input, plan, existing, gate, gateway, budget, usage, time);
            TurnResult result = await work.RunAsync(context, stop.Token);
            if (result.Closed)
                requests.Forget(input.RunId);
            return result;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && context.Cancellation != ActivityCancellation.HostStopping)
        {
            return new(cancellation.IsCancellationRequested ? StepState.Cancelled : StepState.TimedOut, input.Label);
        }
    }

    /// <summary>An execution that died after its receipt may not have counted it.</summary>
    private async Task CountAsync(string runId, StepRow step)
    {
        if (await _table.GetAsync(runId, RunKeys.Run, CancellationToken.None) is { } run && await requests.GetAsync(runId, CancellationToken.None) is { } request)
            await usage.CountAsync(StepReceipt.Of(new RunRow(run).Tenant, request, runId, step));
    }
}
