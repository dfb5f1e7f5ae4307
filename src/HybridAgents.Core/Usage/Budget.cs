using System.Text.Json.Serialization;

namespace HybridAgents.Core.Usage;

/// <summary>How long a budget lasts before it begins anew, by the calendar of UTC.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BudgetWindow>))]
public enum BudgetWindow
{
    /// <summary>A day.</summary>
    Day,

    /// <summary>A month.</summary>
    Month,

    /// <summary>For ever.</summary>
    Total,
}

/// <summary>The most that may be spent in a window.</summary>
/// <param name="MaxCostUsd">US dollars; null for no bound.</param>
/// <param name="MaxTotalTokens">Tokens, sent and received, of local models too; null for no bound.</param>
/// <param name="Window">The window.</param>
public sealed record Budget(decimal? MaxCostUsd, long? MaxTotalTokens, BudgetWindow Window = BudgetWindow.Total);

/// <summary>Who pays, and within which budget.</summary>
/// <param name="Id">Such as <c>key|a1b2c3</c> or <c>agent|default|writer</c>: letters, digits and <c>-_|</c>.</param>
/// <param name="Budget">The budget as it is now.</param>
public sealed record BudgetAccount(string Id, Budget Budget)
{
    private const string Key = "key";
    private const string Agent = "agent";

    /// <summary>Gets whose it is: <c>key</c> or <c>agent</c>.</summary>
    [JsonIgnore]
    public string Owner => Id[..Id.IndexOf('|', StringComparison.Ordinal)];

    /// <summary>Gets the agent that it belongs to; null for a key's.</summary>
    [JsonIgnore]
    public string? AgentId => Owner == Agent ? Id[(Id.LastIndexOf('|') + 1)..] : null;

    /// <summary>The account of an API key.</summary>
    public static BudgetAccount OfKey(string keyId, Budget budget) => new($"{Key}|{keyId}", budget);

    /// <summary>The account of a stored agent.</summary>
    public static BudgetAccount OfAgent(string tenant, string agentId, Budget budget) => new($"{Agent}|{tenant}|{agentId}", budget);
}

/// <summary>Money and tokens: used, or about to be.</summary>
/// <param name="CostUsd">US dollars.</param>
/// <param name="Tokens">Tokens, sent and received.</param>
public readonly record struct Spend(decimal CostUsd, long Tokens)
{
    public static Spend operator +(Spend left, Spend right) => new(left.CostUsd + right.CostUsd, left.Tokens + right.Tokens);

    public static Spend operator -(Spend left, Spend right) => new(left.CostUsd - right.CostUsd, left.Tokens - right.Tokens);
}
