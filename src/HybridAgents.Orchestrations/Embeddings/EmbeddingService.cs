using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.Embeddings;

/// <inheritdoc cref="IEmbeddings"/>
/// <remarks>The router sees the models of the name that was asked for, and filters them as for any other call: privacy first.</remarks>
internal sealed class EmbeddingService(
    IEmbeddingGateway gateway, IPrivacyScanner scanner, PrivacyGate gate, RoutingPolicyFactory policies, ChatLog log, IBudgets budgets, TimeProvider time) : IEmbeddings
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public async Task<EmbeddingAnswer> EmbedAsync(EmbeddingCall call, RunCaller caller, CancellationToken cancellationToken)
    {
        string id = $"embd-{Guid.NewGuid():N}";
        CallBudget budget = new(budgets, caller.Accounts, new RunLimits(), id, time.GetUtcNow() + Longest + CallBudget.Grace);
        ChatRecord record = new(id, log, caller, budget, time);
        List<AttemptView> attempts = [];
        try
        {
            EmbeddingAnswer answer = await FirstAsync(call, caller, budget, record, attempts, cancellationToken);
            await record.EndAsync(answer.Model, "ok", attempts);
            return answer;
        }
        catch (ChatException failure)
        {
            await record.EndAsync(null, failure.Error.Code, attempts);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await record.EndAsync(null, "cancelled", attempts);
            throw;
        }
    }

    private async Task<EmbeddingAnswer> FirstAsync(
        EmbeddingCall call, RunCaller caller, CallBudget budget, ChatRecord record, List<AttemptView> attempts, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelInfo> models = await gateway.FindAsync(call.Model, cancellationToken);
        if (models.Count == 0)
            throw new ChatException(new(ChatErrorCodes.ModelNotFound, "There is no model of that name that makes vectors, or its provider does not answer.")) { Field = "model" };
        PrivacyLabel label = call.Texts.Aggregate(call.Routing.PrivacyLevel, (raised, text) => raised == PrivacyLabel.LocalOnly ? raised : raised.RaisedTo(scanner.Scan(text)));
        RoutingPolicy policy = policies.Create(caller.Tenant, "auto", call.Routing, await budget.LeftAsync(default, cancellationToken));
        // Each text has the window for itself.
        RoutingDecision decision = Router.Decide(new(
            new(0, call.Texts.Max(TokenEstimator.Estimate), label, NeedsTools: false, MaxOutputTokens: 0), policy, models, new Dictionary<ModelRef, ModelHealth>()));
        if (decision.Candidates.Count == 0)
            throw new ChatException(RoutingFailure.Explain(decision, budget));

        TokenUsage most = new(call.Texts.Sum(TokenEstimator.Estimate), 0);
        ProviderException? primary = null;
        foreach (RoutingCandidate candidate in decision.Candidates)
        {
            ModelInfo model = models.First(model => model.Ref == candidate.Model);
            EmbeddingRequest request = new(model.Ref, call.Texts, call.Dimensions) { Tenant = caller.Tenant };
            if (gate.Clear(request, call.Texts, label, new(model.Ref.ToString(), model.Locality), call.Routing.AllowCloudPrivate).Cleared is not { } cleared)
                continue;
            if (await budget.CoverAsync(model, most, default, record.Spent, cancellationToken) is { } refusal)
                throw ChatFailure.TooDear(refusal);
            long begun = time.GetTimestamp();
            try
            {
                EmbeddingAnswer answer = await gateway.EmbedAsync(cleared, cancellationToken);
                record.Add(model, answer.Usage);
                return answer;
            }
            catch (ProviderException failure) when (!cancellationToken.IsCancellationRequested)
            {
                primary ??= failure;
                attempts.Add(new(model.Ref.Provider, model.Ref.Model, attempts.Count + 1, ModelFailure.Outcome(failure.Fault), ModelFailure.Bounded(failure.Message),
                    (long)time.GetElapsedTime(begun).TotalMilliseconds));
            }
        }

        throw ChatFailure.Exhausted(primary, attempts);
    }
}
