using HybridAgents.Core.Usage;

namespace HybridAgents.Orchestrations.Usage;

/// <summary>What was used, by day, key, agent and model: counted when a call is settled, and kept for good. Safe for concurrent use, in one host and in several.</summary>
public interface IUsage
{
    /// <summary>Counts what a step or a chat has used; a receipt whose id was counted before counts for nothing.</summary>
    /// <returns>Done when it is counted as surely as anything written after it.</returns>
    Task CountAsync(UsageReceipt receipt);

    /// <summary>The totals of a range of days, in no order.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="key">The only key wanted; null for all.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    IAsyncEnumerable<UsageEntry> ReadAsync(string tenant, DateOnly from, DateOnly to, string? key, CancellationToken cancellationToken);
}

/// <summary>What is counted at once.</summary>
/// <param name="Tenant">Whose data it is.</param>
/// <param name="Day">The day it counts for, UTC; the same whenever the receipt is presented.</param>
/// <param name="Key">The API key's id.</param>
/// <param name="Agent">The agent that made the calls; null for a call without one.</param>
/// <param name="Id">What makes a repeated receipt the same one; null for one that is presented once only.</param>
/// <param name="Uses">What was used of each model.</param>
public sealed record UsageReceipt(string Tenant, DateOnly Day, string Key, string? Agent, string? Id, IReadOnlyList<ModelUse> Uses);

/// <summary>A total.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Key">The API key's id.</param>
/// <param name="Agent">The agent; null for calls without one.</param>
/// <param name="Model">The form <c>provider:model</c>.</param>
/// <param name="Totals">How much.</param>
public sealed record UsageEntry(DateOnly Day, string Key, string? Agent, string Model, UsageTotals Totals);
