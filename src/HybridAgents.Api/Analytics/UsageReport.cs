using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Usage;

namespace HybridAgents.Api.Analytics;

/// <summary>By what a report groups.</summary>
public enum UsageGrouping
{
    Day,
    Key,
    Agent,
    Model,
}

/// <summary>What was used in some days.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, inclusive.</param>
/// <param name="GroupBy"><c>day</c>, <c>key</c>, <c>agent</c> or <c>model</c>.</param>
/// <param name="Groups">Days in their order; anything else the dearest first.</param>
/// <param name="Total">All groups together.</param>
public sealed record UsageReport(DateOnly From, DateOnly To, string GroupBy, IReadOnlyList<UsageGroup> Groups, UsageFigures Total);

/// <summary>What one day, key, agent or model comes to.</summary>
/// <param name="Group">Which one: a date, a key's id, an agent's id, or <c>provider:model</c>; null for calls without an agent.</param>
/// <param name="Usage">How much.</param>
public sealed record UsageGroup(string? Group, UsageFigures Usage);

/// <summary>Calls of models, and what they came to.</summary>
/// <param name="ModelCalls">Calls, failed attempts that were paid for included.</param>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Both.</param>
/// <param name="CostUsd">What they cost; calls of models without a known price add nothing.</param>
/// <param name="EstimatedSavingsUsd">What the tokens of local models would have cost at their counterparts in the cloud.</param>
public sealed record UsageFigures(long ModelCalls, long PromptTokens, long CompletionTokens, long TotalTokens, decimal CostUsd, decimal EstimatedSavingsUsd)
{
    internal static UsageFigures Of(UsageTotals totals) =>
        new(totals.ModelCalls, totals.PromptTokens, totals.CompletionTokens, totals.TotalTokens, totals.CostUsd, totals.SavedUsd);
}

/// <summary>What was paid in some days, and what was not.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, inclusive.</param>
/// <param name="GroupBy"><c>day</c>, <c>key</c>, <c>agent</c> or <c>model</c>.</param>
/// <param name="Groups">Days in their order; anything else the dearest first.</param>
/// <param name="Total">All groups together.</param>
public sealed record CostReport(DateOnly From, DateOnly To, string GroupBy, IReadOnlyList<CostGroup> Groups, CostFigures Total);

/// <summary>What one day, key, agent or model cost.</summary>
/// <param name="Group">Which one, as in <see cref="UsageGroup"/>.</param>
/// <param name="Cost">How much.</param>
public sealed record CostGroup(string? Group, CostFigures Cost);

/// <summary>Money.</summary>
/// <param name="ModelCalls">Calls of models.</param>
/// <param name="CostUsd">What they cost.</param>
/// <param name="EstimatedSavingsUsd">What the tokens of local models would have cost at their counterparts in the cloud.</param>
public sealed record CostFigures(long ModelCalls, decimal CostUsd, decimal EstimatedSavingsUsd)
{
    internal static CostFigures Of(UsageTotals totals) => new(totals.ModelCalls, totals.CostUsd, totals.SavedUsd);
}

/// <summary>Adds up totals by group.</summary>
internal sealed class UsageSums(UsageGrouping grouping)
{
    private readonly Dictionary<string, UsageTotals> _sums = new(StringComparer.Ordinal);
    private UsageTotals _without;

    /// <summary>Gets everything.</summary>
    public UsageTotals Total { get; private set; }

    public void Add(UsageEntry entry)
    {
        Total += entry.Totals;
        if (NameOf(entry) is { } name)
            _sums[name] = _sums.GetValueOrDefault(name) + entry.Totals;
        else
            _without += entry.Totals;
    }

    public IEnumerable<(string? Group, UsageTotals Totals)> InOrder()
    {
        IEnumerable<(string? Group, UsageTotals Totals)> groups = _sums.Select(static sum => ((string?)sum.Key, sum.Value));
        if (_without != default)
            groups = groups.Append((null, _without));
        return grouping == UsageGrouping.Day
            ? groups.OrderBy(static group => group.Group, StringComparer.Ordinal)
            : groups.OrderByDescending(static group => group.Totals.CostUsd).ThenByDescending(static group => group.Totals.TotalTokens).ThenBy(static group => group.Group, StringComparer.Ordinal);
    }

    private string? NameOf(UsageEntry entry) => grouping switch
    {
        UsageGrouping.Key => entry.Key,
        UsageGrouping.Agent => entry.Agent,
        UsageGrouping.Model => entry.Model,
        _ => entry.Day.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
    };
}
