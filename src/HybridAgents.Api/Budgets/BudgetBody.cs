using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Usage;

namespace HybridAgents.Api.Budgets;

/// <summary>The field <c>budget</c> of every body that has it.</summary>
internal static class BudgetBody
{
    public const string Name = "budget";

    /// <summary>Gets its fields and their bounds.</summary>
    public static ObjectSchema Schema { get; } = new(
        new Field("max_cost_usd", new NumberSchema(0, 1_000_000)),
        new Field("max_total_tokens", new IntegerSchema(1, int.MaxValue)),
        new Field("window", TextSchema.OneOf("day", "month", "total")));

    /// <summary>Reads what fits the schema; null if it is not given.</summary>
    public static Budget? Read(JsonElement owner) => owner.Field(Name) is not { } budget ? null : new(
        budget.Field("max_cost_usd")?.GetDecimal(),
        budget.Integer("max_total_tokens"),
        budget.Text("window") is { } window ? Enum.Parse<BudgetWindow>(window, ignoreCase: true) : BudgetWindow.Total);
}

/// <summary>How a budget stands in its present window.</summary>
/// <param name="SpentUsd">US dollars, settled.</param>
/// <param name="SpentTokens">Tokens, settled.</param>
/// <param name="ReservedUsd">US dollars held for calls under way.</param>
/// <param name="ReservedTokens">Tokens held for calls under way.</param>
public sealed record BudgetUse(decimal SpentUsd, long SpentTokens, decimal ReservedUsd, long ReservedTokens);
