using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>What a model step or a chat may spend: within the run's own limits, and within the budgets of all who pay, where each call is reserved for beforehand.</summary>
/// <param name="budgets">The budgets.</param>
/// <param name="accounts">Who pays, each of them the whole; empty when nobody counts.</param>
/// <param name="limits">The run's limits.</param>
/// <param name="id">The step or chat, as reservations know it.</param>
/// <param name="expires">When the reservation of a dead one is settled.</param>
internal sealed class CallBudget(IBudgets budgets, IReadOnlyList<BudgetAccount> accounts, RunLimits limits, string id, DateTimeOffset expires)
{
    /// <summary>How long a reservation outlives the deadline of what it is for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private readonly List<BudgetWarning> _warnings = [];
    private readonly List<Bound> _bounds = [];

    /// <summary>Gets the warnings that are to be passed on.</summary>
    public IReadOnlyList<BudgetWarning> Warnings => _warnings;

    /// <summary>What is left for planning. Reservations of others are not counted: they may come back, and <see cref="CoverAsync"/> decides.</summary>
    public async ValueTask<RoutingBudget> LeftAsync(RunTotals totals, CancellationToken cancellationToken)
    {
        _bounds.Clear();
        Note(null, limits.MaxCostUsd, limits.MaxTotalTokens, new(totals.CostUsd, totals.TotalTokens));
        foreach (BudgetAccount account in accounts)
            Note(account, account.Budget.MaxCostUsd, account.Budget.MaxTotalTokens, (await budgets.GetAsync(account, cancellationToken)).Spent);
        return new((long?)Tightest(BudgetLimits.Tokens)?.Left, Tightest(BudgetLimits.Cost)?.Left);
    }

    /// <summary>Which bound has left nobody, after <see cref="LeftAsync"/> and a decision that rejected models because of it.</summary>
    public RunError Explain(RoutingDecision decision)
    {
        Bound bound = Tightest(BudgetLimits.Tokens) is { } tokens && tokens.Left <= decision.PromptTokens ? tokens : Tightest(BudgetLimits.Cost)!.Value;
        return BudgetRefusal.Of(bound.Account, bound.Limit, bound.Allowed).ToError(decision);
    }

    /// <summary>Makes sure that a call is paid for before it is made, by all who pay or by none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="most">The most tokens that the call can use.</param>
    /// <param name="totals">What the run has used.</param>
    /// <param name="spent">How much of it this step or chat has, which stays reserved until it is settled.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null when it is; otherwise why not.</returns>
    public async Task<BudgetRefusal?> CoverAsync(ModelInfo model, TokenUsage most, RunTotals totals, Spend spent, CancellationToken cancellationToken)
    {
        decimal? cost = CostCalculator.Cost(model, most);
        if (Objection(most, cost, totals) is { } objection)
            return objection;
        foreach (BudgetAccount account in accounts)
        {
            BudgetAnswer answer = await budgets.ReserveAsync(account, id, spent + new Spend(cost ?? 0, most.TotalTokens), expires, cancellationToken);
            if (!answer.Granted)
            {
                await ReleaseAsync(spent);
                return BudgetRefusal.Of(account, answer.Bound!.Limit, answer.Bound.Allowed);
            }

            if (answer.Bound is { } warning)
                _warnings.Add(new(account, warning));
        }

        return null;
    }

    /// <summary>Settles what was spent; for a step once its receipt is written. What dies before is settled by the sweeper.</summary>
    public async Task SettleAsync(Spend spent)
    {
        foreach (BudgetAccount account in accounts)
            await budgets.SettleAsync(account.Id, id, spent, CancellationToken.None);
    }

    /// <summary>What bounds of the run itself, or an unknown price, stand in the way.</summary>
    private BudgetRefusal? Objection(TokenUsage most, decimal? cost, RunTotals totals)
    {
        if (cost is null && limits.MaxCostUsd is { } own)
            return BudgetRefusal.Of(null, BudgetLimits.Cost, own, RejectionReasons.PriceUnknown);
        if (cost is null && accounts.FirstOrDefault(static account => account.Budget.MaxCostUsd is not null) is { } bounded)
            return BudgetRefusal.Of(bounded, BudgetLimits.Cost, bounded.Budget.MaxCostUsd!.Value, RejectionReasons.PriceUnknown);
        if (totals.TotalTokens + most.PromptTokens >= limits.MaxTotalTokens)
            return BudgetRefusal.Of(null, BudgetLimits.Tokens, limits.MaxTotalTokens.Value);
        return totals.CostUsd + cost > limits.MaxCostUsd ? BudgetRefusal.Of(null, BudgetLimits.Cost, limits.MaxCostUsd.Value) : null;
    }

    /// <summary>One who pays has refused: the others keep reserved what is spent, and no more.</summary>
    private async Task ReleaseAsync(Spend spent)
    {
        if (spent == default)
        {
            await SettleAsync(default);
            return;
        }

        foreach (BudgetAccount account in accounts)
            await budgets.ReserveAsync(account, id, spent, expires, CancellationToken.None);
    }

    private void Note(BudgetAccount? account, decimal? cost, long? tokens, Spend spent)
    {
        if (cost is { } usd)
            _bounds.Add(new(account, BudgetLimits.Cost, usd, usd - spent.CostUsd));
        if (tokens is { } most)
            _bounds.Add(new(account, BudgetLimits.Tokens, most, most - spent.Tokens));
    }

    private Bound? Tightest(string limit)
    {
        Bound? tightest = null;
        foreach (Bound bound in _bounds)
        {
            if (bound.Limit == limit && !(tightest?.Left <= bound.Left))
                tightest = bound;
        }

        return tightest;
    }

    /// <summary>A bound that counts: an account's, or the run's own if there is no account.</summary>
    private readonly record struct Bound(BudgetAccount? Account, string Limit, decimal Allowed, decimal Left);
}

/// <summary>A budget that is nearly spent.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Bound">Which bound of it.</param>
internal sealed record BudgetWarning(BudgetAccount Account, BudgetBound Bound);
