using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>Calls a model once with a fixed question and measures it; after the last call, sums up. Paid for as any other call.</summary>
internal sealed class BenchmarkModel(JobRows rows, IModelDirectory directory, IModelGateway gateway, PrivacyGate gate, IBudgets budgets, IUsage usage, TimeProvider time)
    : ModelJobSlice(rows, "measuring_model", time)
{
    private const int MaxOutputTokens = 256;

    private static readonly string[] Questions =
    [
        "Explain in about a hundred words how a bicycle stays upright.",
        "Write a short Python function that returns the first n prime numbers, with one sentence about it.",
        "Name five things to think of when moving house, each with half a sentence of reason.",
    ];

    private readonly JobRows _rows = rows;
    private readonly TimeProvider _time = time;

    protected override async Task<SliceResult> WorkAsync(RunRow run, RunRequest request, ModelJob job, SliceInput input, CancellationToken stop)
    {
        if (input.Rounds.Count >= job.Rounds)
        {
            await _rows.AnswerAsync(run.Id, JsonSerializer.Serialize(Summary(job.Model, input.Rounds), Payload.Json));
            return new(StepState.Done);
        }

        if ((await directory.GetAsync(stop)).Models.FirstOrDefault(known => known.Ref == job.Model) is not { } model)
            return new(StepState.Failed, new(RunErrorCodes.ProviderError, $"The model {job.Model} is not there any more."));
        ModelRequest call = new() { Model = model.Ref, Messages = [Message.User(Questions[input.Rounds.Count % Questions.Length])], MaxOutputTokens = model.OutputTokens(MaxOutputTokens) };
        Cleared<ModelRequest> cleared = gate.Clear(call, OutsideText.Of(call), PrivacyLabel.Standard, new(model.Ref.ToString(), model.Locality), cloudPrivateConsent: false).Cleared!;
        CallBudget budget = new(budgets, request.Accounts, request.Limits, $"{run.Id}|{input.Slice}/job", _time.GetUtcNow() + Limit + CallBudget.Grace);
        if (await budget.CoverAsync(model, new(TokenEstimator.Estimate(call.Messages[0]), model.OutputTokens(MaxOutputTokens)), run.Totals, default, stop) is { } refusal)
            return new(StepState.Failed, refusal.ToError());

        Spend spent = default;
        try
        {
            (BenchmarkRound round, TokenUsage tokens) = await MeasureAsync(cleared, stop);
            decimal? cost = CostCalculator.Cost(model, tokens);
            UsageTotals used = UsageTotals.Of(tokens, cost, CostCalculator.Saved(model, tokens));
            spent = used.Spend;
            // Executed again, it is called again, and that counts too.
            await usage.CountAsync(new(run.Tenant, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime), request.KeyId, run.AgentType, Id: null, [new(model.Ref.ToString(), used)]));
            await _rows.TellAsync(run.Id, new { round = input.Rounds.Count + 1, rounds = job.Rounds, first_token_ms = round.FirstTokenMs, total_ms = round.TotalMs, tokens_per_second = round.TokensPerSecond },
                run.Totals.Plus(tokens, cost, modelCalls: 1, toolCalls: 0).WriteTo(RunRow.Patch(run.Id)));
            return new(StepState.Resting, Round: round);
        }
        finally
        {
            await budget.SettleAsync(spent);
        }
    }

    private async Task<(BenchmarkRound Round, TokenUsage Usage)> MeasureAsync(Cleared<ModelRequest> request, CancellationToken stop)
    {
        long begun = _time.GetTimestamp();
        TimeSpan? first = null;
        TokenUsage usage = default;
        await foreach (ModelUpdate update in gateway.StreamAsync(request, stop))
        {
            first ??= _time.GetElapsedTime(begun);
            if (update is ModelUpdate.Finished finished)
                usage = finished.Usage;
        }

        return (new(Milliseconds(first ?? TimeSpan.Zero), Milliseconds(_time.GetElapsedTime(begun)), usage.PromptTokens, usage.CompletionTokens), usage);
    }

    private static object Summary(ModelRef model, IReadOnlyList<BenchmarkRound> rounds) => new
    {
        model = model.ToString(),
        rounds = rounds.Count,
        first_token_ms = Middle(rounds.Select(static round => round.FirstTokenMs)),
        total_ms = Middle(rounds.Select(static round => round.TotalMs)),
        tokens_per_second = Middle(rounds.Select(static round => round.TokensPerSecond)),
        prompt_tokens = rounds.Sum(static round => round.PromptTokens),
        completion_tokens = rounds.Sum(static round => round.CompletionTokens),
        measured = rounds,
    };

    /// <summary>The median; of an even number of values, the higher of both in the middle.</summary>
    private static double Middle(IEnumerable<double> values) => values.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : 0;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
