using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>What the router is or was asked, for explanations: <see cref="Router.Decide"/> decides on it as it would or did.</summary>
public interface IRoutingQuestions
{
    /// <summary>For a chat that is not begun.</summary>
    ValueTask<RoutingRequest> OfChatAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>For the first turn of a run that is not begun.</summary>
    Task<RoutingRequest> OfRunAsync(RunRequest request, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>For a turn of a run, as it was recorded.</summary>
    /// <returns>Null if there is no such run or turn, or the turn has not been routed.</returns>
    Task<RoutingRequest?> OfTurnAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RoutingQuestions(
    ITableStore tables, RunProjection runs, CatalogueArchive catalogues, ChatPlanner chats, TurnPlanner turns, IBudgets budgets, TimeProvider time) : IRoutingQuestions
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async ValueTask<RoutingRequest> OfChatAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken)
    {
        CallBudget budget = new(budgets, caller.Accounts, new(), "", time.GetUtcNow());
        return await chats.AskAsync(request, caller.Tenant, await budget.LeftAsync(default, cancellationToken), draw: 0, cancellationToken);
    }

    public async Task<RoutingRequest> OfRunAsync(RunRequest request, RunCaller caller, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        string id = RunId.New(time);
        RunRow run = new(RunRow.New(id, request, caller.Tenant, now, IndexEntry.Of(caller.Tenant, id, now), idempotency: null));
        CallBudget budget = new(budgets, request.PaidBy(caller.KeyId, caller.Accounts, caller.Tenant).Accounts, request.Limits, id, now);
        TurnPlan plan = await turns.PlanAsync(run, request with { Role = caller.Role }, budget, turn: 1, run.Label, cancellationToken);
        return plan.Routing.Record.Restore((await catalogues.GetAsync(plan.Routing.Catalogue, cancellationToken))!);
    }

    public async Task<RoutingRequest?> OfTurnAsync(string runId, RunCaller caller, int turn, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(runId, caller, cancellationToken) is null)
            return null;
        return await _table.GetAsync(runId, RunKeys.ModelStep(turn), cancellationToken) is { } row
            && new StepRow(row).Read<StoredRouting>(StepRow.RoutingName) is { } stored
            && await catalogues.GetAsync(stored.Catalogue, cancellationToken) is { } catalogue
            ? stored.Record.Restore(catalogue)
            : null;
    }
}
