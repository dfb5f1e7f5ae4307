using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>One chat: tries the candidates in order.</summary>
internal sealed class ChatCall(ChatRequest request, ChatPlan plan, PrivacyGate gate, ChatModels models, CallBudget budget, ChatRecord record, TimeProvider time)
{
    private readonly List<AttemptView> _attempts = [];
    private ProviderException? _primary;
    private BudgetRefusal? _refusal;
    private PrivacyLabel _label = plan.Decision.Label;

    /// <summary>What the first candidate gives that does not fail.</summary>
    /// <param name="take">Takes what is wanted of an answer: its beginning, or the whole. A failure in it is the candidate's, and what it has read is void.</param>
    /// <param name="cancellationToken">Aborts the call.</param>
    /// <exception cref="ChatException">All failed.</exception>
    public async Task<T> FirstAsync<T>(Func<ChatReading, Task<T>> take, CancellationToken cancellationToken)
    {
        foreach (ModelInfo model in plan.Candidates)
        {
            if (Clear(model) is not { } cleared)
            {
                Note(model, "privacy", "The label has risen since the model was chosen; nothing was sent.", time.GetTimestamp());
                continue;
            }

            TokenUsage most = new(PromptTokens, model.OutputTokens(request.MaxTokens ?? int.MaxValue) * request.Options.Choices);
            if (await budget.CoverAsync(model, most, default, record.Spent, cancellationToken) is { } refusal)
            {
                _refusal = refusal;
                Note(model, refusal.Reason, "The call would exceed what may be spent; nothing was sent.", time.GetTimestamp());
                continue;
            }

            long begun = time.GetTimestamp();
            ChatReading reading = new(new(record.Id, record.Created, model.Ref, plan.Decision, _attempts), models.StreamAsync(cleared, request.Credential, cancellationToken).GetAsyncEnumerator(cancellationToken));
            bool taken = false;
            try
            {
                T result = await take(reading);
                taken = true;
                return result;
            }
            catch (ProviderException failure) when (!cancellationToken.IsCancellationRequested)
            {
                _primary ??= failure;
                Note(model, ModelFailure.Outcome(failure.Fault), ModelFailure.Bounded(failure.Message), begun);
            }
            finally
            {
                if (!taken)
                {
                    record.Add(model, reading.Estimate(plan.Decision.PromptTokens));
                    await reading.DisposeAsync();
                }
            }
        }

        throw _primary is null && _refusal is not null ? ChatFailure.TooDear(_refusal) : ChatFailure.Exhausted(_primary, _attempts);
    }

    /// <summary>The failure of an answer that had begun: it ends the chat, for part of it has been shown.</summary>
    public ChatException Broken(ProviderException failure)
    {
        _attempts.Add(new(failure.Model.Provider, failure.Model.Model, _attempts.Count + 1, ModelFailure.Outcome(failure.Fault), ModelFailure.Bounded(failure.Message), 0));
        return ChatFailure.Exhausted(failure, _attempts);
    }

    /// <summary>The model behind a reading.</summary>
    public ModelInfo InfoOf(ModelRef model) => plan.Candidates.First(candidate => candidate.Ref == model);

    public int PromptTokens => plan.Decision.PromptTokens;

    private Cleared<ModelRequest>? Clear(ModelInfo model)
    {
        ModelRequest call = new()
        {
            Model = model.Ref,
            Tenant = record.Tenant,
            Messages = request.Messages,
            Tools = request.Tools,
            Temperature = request.Temperature,
            MaxOutputTokens = request.MaxTokens is { } wanted ? model.OutputTokens(wanted) : null,
            ParallelToolCalls = request.ParallelToolCalls,
            Options = request.Options,
        };
        Clearance<ModelRequest> clearance = gate.Clear(call, OutsideText.Of(call), _label.RaisedTo(OutsideText.FloorOf(call.Messages)), new(model.Ref.ToString(), model.Locality), request.Routing.AllowCloudPrivate);
        _label = clearance.Label;
        return clearance.Cleared;
    }

    private void Note(ModelInfo model, string outcome, string message, long begun) => _attempts.Add(
        new(model.Ref.Provider, model.Ref.Model, _attempts.Count + 1, outcome, message, (long)time.GetElapsedTime(begun).TotalMilliseconds));
}
