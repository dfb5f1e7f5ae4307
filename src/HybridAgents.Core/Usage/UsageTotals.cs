using System.Text.Json.Serialization;

namespace HybridAgents.Core.Usage;

/// <summary>What some model calls came to.</summary>
/// <param name="ModelCalls">Calls, failed attempts that were paid for included.</param>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="CostUsd">US dollars; calls without a known price add none.</param>
/// <param name="SavedUsd">What the tokens of local models would have cost at their counterparts in the cloud.</param>
public readonly record struct UsageTotals(long ModelCalls, long PromptTokens, long CompletionTokens, decimal CostUsd, decimal SavedUsd)
{
    /// <summary>Gets the tokens of both directions.</summary>
    [JsonIgnore]
    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>Gets what a budget counts of it.</summary>
    [JsonIgnore]
    public Spend Spend => new(CostUsd, TotalTokens);

    /// <summary>One call.</summary>
    public static UsageTotals Of(TokenUsage usage, decimal? costUsd, decimal savedUsd) => new(1, usage.PromptTokens, usage.CompletionTokens, costUsd ?? 0, savedUsd);

    public static UsageTotals operator +(UsageTotals left, UsageTotals right) => new(
        left.ModelCalls + right.ModelCalls, left.PromptTokens + right.PromptTokens, left.CompletionTokens + right.CompletionTokens, left.CostUsd + right.CostUsd,
        left.SavedUsd + right.SavedUsd);
}

/// <summary>What was used of one model.</summary>
/// <param name="Model">The form <c>provider:model</c>.</param>
/// <param name="Totals">How much.</param>
public sealed record ModelUse(string Model, UsageTotals Totals);

/// <summary>Uses of several models, one entry each; a value that is never changed in place.</summary>
public static class ModelUses
{
    /// <summary>The uses with another one.</summary>
    public static IReadOnlyList<ModelUse> With(this IReadOnlyList<ModelUse> uses, ModelUse added)
    {
        List<ModelUse> all = [.. uses];
        int place = all.FindIndex(use => use.Model == added.Model);
        if (place < 0)
            all.Add(added);
        else
            all[place] = all[place] with { Totals = all[place].Totals + added.Totals };
        return all;
    }

    /// <summary>All of them together.</summary>
    public static UsageTotals Sum(this IReadOnlyList<ModelUse> uses) => uses.Aggregate(default(UsageTotals), static (sum, use) => sum + use.Totals);
}
