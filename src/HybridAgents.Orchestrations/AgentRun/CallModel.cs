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
    ITableStore tables, RunLog log, RunRequests requests, TurnPlanner planner, PrivacyGate gate, IModelGateway gateway, IBudgets budgets, IUsage usage, TimeProvider time)
    : TurnActivity(tables, log, requests)
{
    /// <summary>The longest that a model step may take, all candidates together.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);

    protected override async Task<TurnResult> TakeAsync(ActivityContext context, TurnInput input, OpenTurn turn)
    {
        CancellationToken cancellation = context.CancellationToken;
        TimeSpan left = input.Deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return new(StepState.TimedOut, input.Label);
        (StepExecution step, StepRow? existing, RunRow run, RunRequest request) = turn;
        TimeSpan most = left < Limit ? left : Limit;
        using CancellationTokenSource limit = new(most, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            if (existing is { State: StepRow.Resting })
                await usage.CountAsync(StepReceipt.Of(run.Tenant, request, input.RunId, existing));
            CallBudget budget = new(budgets, request.Accounts, request.Limits, $"{run.Id}|{RunKeys.ModelStep(input.Turn)}", time.GetUtcNow() + most + CallBudget.Grace);
            TurnPlan plan = await planner.PlanAsync(run, request, budget, input.Turn, input.Label.RaisedTo(run.Label), stop.Token);
            ModelStep work = new(step, run, request, input, plan, existing, gate, gateway, budget, usage, time);
            return await work.RunAsync(context, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && context.Cancellation != ActivityCancellation.HostStopping)
        {
            return new(cancellation.IsCancellationRequested ? StepState.Cancelled : StepState.TimedOut, input.Label);
        }
    }

    /// <summary>An execution that died after its receipt may not have counted it.</summary>
    protected override Task RepeatAsync(RunRow run, RunRequest request, StepRow step) => usage.CountAsync(StepReceipt.Of(run.Tenant, request, run.Id, step));
}
