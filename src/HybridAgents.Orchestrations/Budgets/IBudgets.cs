using HybridAgents.Core.Usage;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>Budgets shared by every host on the same tables: what is about to be spent is reserved first, and settled with what it came to. Safe for concurrent use.</summary>
/// <remarks>
/// What is spent and what is reserved never exceed the budget together, however many reserve at once. More than was reserved can only be spent by a call that used more
/// than it was reckoned with. A reservation belongs to the window that it was first made in.
/// </remarks>
public interface IBudgets
{
    /// <summary>Reserves, or changes an earlier reservation of that id to the new amount.</summary>
    /// <param name="account">Who pays.</param>
    /// <param name="id">What for: <c>run id|key of the step</c>, or any other id unique within the account.</param>
    /// <param name="amount">The most that it may come to.</param>
    /// <param name="expires">When it is settled by itself: by what the step has recorded, else as if all of it had been spent.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<BudgetAnswer> ReserveAsync(BudgetAccount account, string id, Spend amount, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Replaces a reservation by what was spent; nothing happens if it was settled before.</summary>
    Task SettleAsync(string accountId, string id, Spend used, CancellationToken cancellationToken);

    /// <summary>What is spent and reserved in the present window.</summary>
    Task<BudgetState> GetAsync(BudgetAccount account, CancellationToken cancellationToken);
}

/// <summary>What a request for money came to.</summary>
/// <param name="Granted">Whether it is reserved; otherwise nothing has changed.</param>
/// <param name="Bound">If not granted, the bound that stands in the way; else set for the one request in a window that has reached four fifths of a bound.</param>
public sealed record BudgetAnswer(bool Granted, BudgetBound? Bound = null);

/// <summary>A bound that is nearly reached, or would be exceeded.</summary>
/// <param name="Limit">One of <see cref="BudgetLimits"/>.</param>
/// <param name="Used">Spent and reserved.</param>
/// <param name="Allowed">The bound.</param>
public sealed record BudgetBound(string Limit, decimal Used, decimal Allowed);

/// <summary>The bounds of a budget and of a run, as they are named.</summary>
public static class BudgetLimits
{
    public const string Cost = "max_cost_usd";
    public const string Tokens = "max_total_tokens";
}

/// <summary>How a budget stands.</summary>
/// <param name="Spent">Settled.</param>
/// <param name="Reserved">Held for calls under way.</param>
public sealed record BudgetState(Spend Spent, Spend Reserved)
{
    /// <summary>Whether nothing is left of one of the bounds, reservations included.</summary>
    public bool Exhausts(Budget budget)
    {
        Spend used = Spent + Reserved;
        return used.CostUsd >= budget.MaxCostUsd || used.Tokens >= budget.MaxTotalTokens;
    }
}
