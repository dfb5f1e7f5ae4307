using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>What is kept of one chat: who, which model, tokens and cost of all its attempts, and how it ended. No content.</summary>
internal sealed class ChatRecord(string id, ChatLog log, RunCaller caller, CallBudget budget, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private TokenUsage _usage;
    private decimal? _cost = 0;
    private decimal _saved;
    private IReadOnlyList<ModelUse> _used = [];

    public string Id => id;

    public string Tenant => caller.Tenant;

    public DateTimeOffset Created { get; } = time.GetUtcNow();

    /// <summary>Gets what all attempts have spent.</summary>
    public Spend Spent => new(_cost ?? 0, _usage.TotalTokens);

    /// <summary>Adds what an attempt used.</summary>
    public void Add(ModelInfo model, TokenUsage tokens)
    {
        decimal? cost = CostCalculator.Cost(model, tokens);
        decimal saved = CostCalculator.Saved(model, tokens);
        _usage += tokens;
        _cost += cost;
        _saved += saved;
        if (tokens.TotalTokens > 0)
            _used = _used.With(new(model.Ref.ToString(), UsageTotals.Of(tokens, cost, saved)));
    }

    /// <summary>Writes the row, settles what was spent and counts it.</summary>
    /// <param name="model">The model that answered; null for none.</param>
    /// <param name="outcome"><c>ok</c>, <c>cancelled</c>, or an error's code.</param>
    /// <param name="attempts">The attempts that failed.</param>
    public Task EndAsync(ModelRef? model, string outcome, IReadOnlyList<AttemptView> attempts)
    {
        log.Add(Row(model, outcome, attempts), new(Tenant, DateOnly.FromDateTime(Created.UtcDateTime), caller.KeyId, Agent: null, Id: null, _used));
        return budget.SettleAsync(Spent);
    }

    private TableRow Row(ModelRef? model, string outcome, IReadOnlyList<AttemptView> attempts) =>
        new TableRow(ChatLog.PartitionOf(Created), $"{Tenant}|{IndexEntry.Inverted(Created)}|{Id}")
            .Set("id", Id)
            .Set("key", caller.KeyId)
            .Set("provider", model?.Provider)
            .Set("model", model?.Model)
            .Set("outcome", outcome)
            .Set("created_at", Created)
            .Set("duration_ms", time.GetElapsedTime(_begun).TotalMilliseconds)
            .Set("prompt_tokens", _usage.PromptTokens)
            .Set("completion_tokens", _usage.CompletionTokens)
            .Set("estimated", _usage.Estimated)
            .Set("cost_usd", (double?)_cost)
            .Set("saved_usd", (double)_saved)
            .Set("attempts", attempts.Count == 0 ? null : JsonSerializer.Serialize(attempts, Payload.Json));
}
