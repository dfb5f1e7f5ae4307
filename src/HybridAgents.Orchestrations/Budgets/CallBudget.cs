using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>What a model step or a chat may spend: within the run's own limits, and within the budget of whoever pays, where each call is reserved for beforehand.</summary>
/// <param name="budgets">The budgets.</param>
/// <param name="account">Who pays; null when nobody counts.</param>
/// <param name="limits">The run's limits.</param>
/// <param name="id">The step or chat, as reservations know it.</param>
/// <param name="expires">When the reservation of a dead one is settled.</param>
internal sealed class CallBudget(IBudgets budgets, BudgetAccount? account, RunLimits limits, string id, DateTimeOffset expires)
{
    /// <summary>How long a reservation outlives the deadline of what it is for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Gets the warning that is to be passed on.</summary>
    public BudgetWarning? Warning { get; private set; }

    /// <summary>What is left for planning. Reservations of others are not counted: they may come back, and <see cref="CoverAsync"/> decides.</summary>
    public async ValueTask<RoutingBudget> LeftAsync(RunTotals totals, CancellationToken cancellationToken)
    {
        RoutingBudget own = new(limits.MaxTotalTokens - totals.TotalTokens, limits.MaxCostUsd - totals.CostUsd);
        if (account is null)
            return own;
        Spend spent = (await budgets.GetAsync(account, cancellationToken)).Spent;
        return new(Least(own.Tokens, account.Budget.MaxTotalTokens - spent.Tokens), Least(own.CostUsd, account.Budget.MaxCostUsd - spent.CostUsd));
    }

    /// <summary>Makes sure that a call is paid for before it is made.</summary>
    /// <param name="model">The model.</param>
    /// <param name="most">The most tokens that the call can use.</param>
    /// <param name="totals">What the run has used.</param>
    /// <param name="spent">How much of it this step or chat has, which stays reserved until it is settled.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null when it is; otherwise why not: <see cref="RejectionReasons.Budget"/> or <see cref="RejectionReasons.PriceUnknown"/>.</returns>
    public async Task<string?> CoverAsync(ModelInfo model, TokenUsage most, RunTotals totals, Spend spent, CancellationToken cancellationToken)
    {
        decimal? cost = CostCalculator.Cost(model, most);
        if (cost is null && (limits.MaxCostUsd ?? account?.Budget.MaxCostUsd) is not null)
            return RejectionReasons.PriceUnknown;
        if (totals.TotalTokens + most.PromptTokens >= limits.MaxTotalTokens || totals.CostUsd + cost > limits.MaxCostUsd)
            return RejectionReasons.Budget;
        if (account is null)
            return null;
        BudgetAnswer answer = await budgets.ReserveAsync(account, id, spent + new Spend(cost ?? 0, most.TotalTokens), expires, cancellationToken);
        Warning ??= answer.Warning;
        return answer.Granted ? null : RejectionReasons.Budget;
    }

    /// <summary>Settles what was spent; for a step once its receipt is written. What dies before is settled by the sweeper.</summary>
    public Task SettleAsync(Spend spent) => account is not null ? budgets.SettleAsync(account.Id, id, spent, CancellationToken.None) : Task.CompletedTask;

    private static T? Least<T>(T? one, T? other)
        where T : struct, IComparable<T> => one is { } a && other is { } b ? (a.CompareTo(b) < 0 ? a : b) : one ?? other;
}
