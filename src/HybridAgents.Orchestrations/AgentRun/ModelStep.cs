using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>One execution of a planned turn: opens the step, tries the candidates in order, and writes how it ended.</summary>
internal sealed class ModelStep(
    StepExecution step, RunRow run, RunRequest request, TurnInput input, TurnPlan plan, StepRow? earlier, PrivacyGate gate, IModelGateway gateway, CallBudget budget, IUsage usage,
    TimeProvider time)
{
    private readonly string _messageId = RunKeys.MessageId(run.Id, input.Turn);
    private readonly DateTimeOffset _started = earlier?.StartedAt ?? time.GetUtcNow();
    private readonly List<AttemptView> _attempts = earlier?.Read<List<AttemptView>>(StepRow.AttemptsName) ?? [];
    private ProviderException? _primary;
    private RunTotals _totals = run.Totals;
    // What was used before a rest is settled.
    private IReadOnlyList<ModelUse> _used = earlier is null or { State: StepRow.Resting } ? [] : earlier.Used;
    private DateTimeOffset? _resumeAt;
    private BudgetRefusal? _refusal;
    private PrivacyLabel _label = plan.Decision.Label;

    public async Task<TurnResult> RunAsync(ActivityContext context, CancellationToken stop)
    {
        try
        {
            TurnResult result = await TryAsync(context, stop);
            await SettleAsync();
            return result;
        }
        catch (FencedException)
        {
            // What a run used that was ended by force was used all the same; a newer execution counts for itself.
            if (await step.RunHasEndedAsync())
                await SettleAsync();
            throw;
        }
    }

    private async Task SettleAsync()
    {
        await budget.SettleAsync(Spent);
        await usage.CountAsync(StepReceipt.Of(run.Tenant, request, run.Id, RunKeys.ModelStep(input.Turn), step.Epoch, _started, _used));
    }

    private async Task<TurnResult> TryAsync(ActivityContext context, CancellationToken stop)
    {
        RecordLostAttempt();
        await OpenAsync();
        if (plan.Error is { } error)
            return await FailAsync(error);
        foreach (ModelInfo model in plan.Candidates)
        {
            if (Clear(model) is not { } cleared)
            {
                Record(model, "privacy", "The label has risen since the model was chosen; nothing was sent.", time.GetTimestamp());
                continue;
            }

            if (await budget.CoverAsync(model, new(plan.Decision.PromptTokens, OutputTokens(model)), _totals, Spent, stop) is { } refusal)
            {
                _refusal = refusal;
                Record(model, refusal.Reason, "The call would exceed what may be spent; nothing was sent.", time.GetTimestamp());
                continue;
            }

            if (model != plan.Candidates[0])
                await FailOverAsync(model);
            AnswerStream answer = new(step, _messageId, _attempts.Count + 1, time);
            long begun = time.GetTimestamp();
            try
            {
                await answer.ReadAsync(model.Ref, gateway.StreamAsync(cleared, stop), stop);
                return await AnswerAsync(model, answer, begun);
            }
            catch (Exception exception) when (stop.IsCancellationRequested && exception is OperationCanceledException or ProviderException)
            {
                if (context.Cancellation == ActivityCancellation.HostStopping)
                    throw new OperationCanceledException(stop);
                return await StopAsync(model, answer, begun, context.Cancellation == ActivityCancellation.RunCancelled);
            }
            catch (ProviderException failure)
            {
                _primary ??= failure;
                Record(model, ModelFailure.Outcome(failure.Fault), ModelFailure.Bounded(failure.Message), begun);
                Postpone(failure);
                if (answer.Text.Length > 0) // What was streamed was paid for.
                    Charge(model.Ref.ToString(), model, Estimate(answer));
            }
        }

        // Whoever must wait past the deadline need not wait for it.
        if (_resumeAt is { } resumeAt && resumeAt < input.Deadline)
            return await RestAsync(ReturnTime.Of(time.GetUtcNow(), resumeAt, input.Deadline, TrafficDraw.Of($"{run.Id}/{input.Turn}/{_attempts.Count}")));
        return await FailAsync(
            _primary is not null ? ModelFailure.Explain(_primary, _attempts)
            : _refusal?.ToError()
                ?? new(RunErrorCodes.PrivacyUnsatisfiable, "The text must stay local, and no local model can serve it now."));
    }

    /// <summary>An execution that was cut off had a call in flight: it may have been billed.</summary>
    private void RecordLostAttempt()
    {
        if (earlier is null or { State: StepRow.Resting })
            return;
        string[] model = (earlier.Name ?? ":").Split(':', 2);
        _attempts.Add(new(model[0], model[1], _attempts.Count + 1, "interrupted", null, 0));
        ModelInfo? known = plan.Candidates.FirstOrDefault(candidate => candidate.Ref.ToString() == earlier.Name);
        Charge(earlier.Name ?? "", known, new(plan.Decision.PromptTokens, earlier.Streamed / 4, Estimated: true));
    }

    private async Task OpenAsync()
    {
        List<EventDraft> events = [];
        TableRow patch = step.Patch()
            .Set(StepRow.KindName, StepRow.ModelKind)
            .Set(StepRow.NameName, plan.First?.Ref.ToString())
            .Set(StepRow.EpochName, step.Epoch)
            .Set(StepRow.StateName, StepRow.Running)
            .Set(StepRow.PlanName, StepRow.Json(plan.ToView(input.Turn)))
            .Set(StepRow.RoutingName, StepRow.Json(plan.Routing))
            .Set(StepRow.AttemptsName, StepRow.Json(_attempts))
            .Set(StepRow.StreamedName, 0)
            .Set(StepRow.UsedName, StepRow.Json(_used));
        TableRow runPatch = _totals.WriteTo(RunRow.Patch(run.Id))
            .Set(RunRow.StatusName, nameof(RunStatus.InProgress))
            .Set(RunRow.ExecutionName, input.Execution)
            .Set(RunRow.TurnName, input.Turn)
            .Set(RunRow.ActivityName, "calling_model")
            .Set(RunRow.LabelName, (int)_label)
            .Set(RunRow.ProviderName, plan.First?.Ref.Provider)
            .Set(RunRow.ModelName, plan.First?.Ref.Model);
        if (run.BaseStatus == RunStatus.Queued)
        {
            runPatch.Set(RunRow.StartedName, time.GetUtcNow());
            events.Add(new(RunEventTypes.RunStarted, new { agent_type = run.AgentType }));
        }

        if (earlier is null)
        {
            patch.Set(StepRow.StartedName, _started);
            events.Add(new(RunEventTypes.TurnStarted, new { turn = input.Turn }));
        }
        else
        {
            events.Add(Reset(earlier.State == StepRow.Resting ? "retry_after" : "interrupted"));
        }

        events.Add(new(RunEventTypes.RouteDecided, plan.ToRouteEvent(input.Turn)));
        if (plan.Candidates.Count > 0)
            events.Add(Started(plan.Candidates[0]));
        await step.WriteAsync(new StepWrite(patch, events, [TableOperation.Merge(runPatch, etag: null)]), Before(plan.First));
    }

    /// <summary>Clears exactly what will be sent. Null when the label has risen past this candidate: the text does not go there.</summary>
    private Cleared<ModelRequest>? Clear(ModelInfo model)
    {
        ModelRequest call = new()
        {
            Model = model.Ref,
            Tenant = run.Tenant,
            Messages = plan.Messages,
            Tools = plan.Tools,
            Temperature = request.Agent.Temperature ?? model.RecommendedTemperature,
            MaxOutputTokens = OutputTokens(model),
            ParallelToolCalls = request.Agent.ParallelTools,
            Options = request.Response?.Options ?? AnswerOptions.None,
        };
        Clearance<ModelRequest> clearance = gate.Clear(
            call, OutsideText.Of(call), _label.RaisedTo(OutsideText.FloorOf(call.Messages)), new(model.Ref.ToString(), model.Locality), request.Routing.AllowCloudPrivate);
        _label = clearance.Label;
        return clearance.Cleared;
    }

    private async Task FailOverAsync(ModelInfo model)
    {
        TableRow patch = step.Patch()
            .Set(StepRow.NameName, model.Ref.ToString()).Set(StepRow.AttemptsName, StepRow.Json(_attempts)).Set(StepRow.StreamedName, 0);
        TableRow runPatch = RunRow.Patch(run.Id).Set(RunRow.ProviderName, model.Ref.Provider).Set(RunRow.ModelName, model.Ref.Model);
        await step.WriteAsync(new StepWrite(patch, [Reset(_attempts[^1].Outcome), Started(model)], [TableOperation.Merge(runPatch, etag: null)]), Before(model));
    }

    private async Task<TurnResult> AnswerAsync(ModelInfo model, AnswerStream answer, long begun)
    {
        ModelUpdate.Finished end = answer.End!;
        bool lastTurn = input.Turn >= request.Agent.MaxTurns;
        IReadOnlyList<ToolCall> calls = CallIds.MakeUnique(
            answer.Calls, plan.Messages, input.Turn, run.RootId is null ? null : $"{run.Id[^8..].ToLowerInvariant()}_");
        // All tools of a response are its client's, who goes on with another one.
        bool ends = calls.Count == 0 || request.Response is not null;
        if (!ends && lastTurn)
        {
            Settle(model, answer, begun, end.Usage, "ok");
            return await FailAsync(new(RunErrorCodes.MaxTurnsExceeded, $"The model still asked for tools in turn {input.Turn}, the last that max_turns allows."), answer);
        }

        Settle(model, answer, begun, end.Usage, "ok", calls.Count);
        TurnResult result = new(StepState.Done, _label, ends ? 0 : calls.Count, Serial(calls), end.Reason);
        EventDraft? pending = answer.TakePending();
        await step.WriteAsync(head =>
        {
            // A run that is being cancelled or is suspended does not complete by itself.
            bool closes = ends && !head.Held;
            result = result with { Closed = closes };
            List<EventDraft> events = [.. Pending(pending), Completed(model, end.Reason, end.Usage, calls), .. BudgetWarning()];
            TableRow runPatch = RunPatch().Set(RunRow.ActivityName, ends ? "planning" : "running_tools");
            if (closes)
            {
                FinalizeInput finish = new(run.Id, RunStatus.Completed, input.Turn, end.Reason);
                events.Add(RunEnd.Event(finish));
                RunEnd.Apply(runPatch, finish, head.Last + events.Count, time.GetUtcNow());
            }

            return new(Receipt(result, "ok"), events, [Transcribe(answer.Text, calls), TableOperation.Merge(runPatch, etag: null)]);
        });
        return result;
    }

    /// <summary>Keeps what has arrived before a cancel or the deadline.</summary>
    private async Task<TurnResult> StopAsync(ModelInfo model, AnswerStream answer, long begun, bool cancelled)
    {
        TokenUsage usage = Estimate(answer);
        string outcome = cancelled ? "cancelled" : "timeout";
        Settle(model, answer, begun, usage, outcome);
        TurnResult result = new(cancelled ? StepState.Cancelled : StepState.TimedOut, _label);
        List<EventDraft> events = [.. Pending(answer.TakePending())];
        List<TableOperation> others = [TableOperation.Merge(RunPatch(), etag: null)];
        if (answer.Text.Length > 0)
        {
            events.Add(Completed(model, outcome, usage, []));
            others.Add(Transcribe(answer.Text, []));
        }

        await step.WriteAsync(new StepWrite(Receipt(result, outcome), events, others));
        return result;
    }

    /// <summary>Remembers the earliest time that a provider names for another attempt.</summary>
    private void Postpone(ProviderException failure)
    {
        if (failure is { IsTransient: true, RetryAfter: { } wait } && time.GetUtcNow() + wait is var at && !(_resumeAt <= at))
            _resumeAt = at;
    }

    /// <summary>Every candidate failed, and one of them said when to come back: the step is done again then.</summary>
    private async Task<TurnResult> RestAsync(DateTimeOffset resumeAt)
    {
        AttemptView last = _attempts[^1];
        TableRow patch = step.Patch()
            .Set(StepRow.StateName, StepRow.Resting)
            .Set(StepRow.ExpiresName, resumeAt)
            .Set(StepRow.AttemptsName, StepRow.Json(_attempts))
            .Set(StepRow.UsedName, StepRow.Json(_used));
        TableRow runPatch = RunPatch().Set(RunRow.ActivityName, "waiting_for_provider");
        EventDraft waiting = new(RunEventTypes.ModelWaiting, new { turn = input.Turn, provider = last.Provider, model = last.Model, reason = last.Outcome, until = resumeAt });
        await step.WriteAsync(new StepWrite(patch, [waiting], [TableOperation.Merge(runPatch, etag: null)]), WriteDurability.Durable);
        return new(StepState.Resting, _label, ResumeAt: resumeAt);
    }

    private async Task<TurnResult> FailAsync(RunError error, AnswerStream? answer = null)
    {
        TurnResult result = new(StepState.Failed, _label, Error: error);
        List<TableOperation> others = [TableOperation.Merge(RunPatch(), etag: null)];
        if (answer is { Text.Length: > 0 })
            others.Add(Transcribe(answer.Text, []));
        await step.WriteAsync(new StepWrite(Receipt(result, "error"), [.. Pending(answer?.TakePending())], others));
        return result;
    }

    private void Record(ModelInfo model, string outcome, string? message, long begun) => _attempts.Add(
        new(model.Ref.Provider, model.Ref.Model, _attempts.Count + 1, outcome, message, (long)time.GetElapsedTime(begun).TotalMilliseconds));

    private void Settle(ModelInfo model, AnswerStream answer, long begun, TokenUsage usage, string outcome, int calls = 0)
    {
        Record(model, outcome, null, begun);
        Charge(model.Ref.ToString(), model, usage.PromptTokens == 0 && usage.Estimated ? Estimate(answer) : usage, calls);
    }

    private void Charge(string name, ModelInfo? model, TokenUsage usage, int calls = 0)
    {
        decimal? cost = model is null ? null : CostCalculator.Cost(model, usage);
        decimal saved = model is null ? 0 : CostCalculator.Saved(model, usage);
        _totals = _totals.Plus(usage, cost, modelCalls: 1, calls, saved);
        _used = _used.With(new(name, UsageTotals.Of(usage, cost, saved)));
    }

    private Spend Spent => _used.Sum().Spend;

    private int OutputTokens(ModelInfo model) => model.OutputTokens(plan.MaxOutputTokens);

    private TokenUsage Estimate(AnswerStream answer) => new(plan.Decision.PromptTokens, TokenEstimator.Estimate(answer.Text), Estimated: true);

    private bool Serial(IReadOnlyList<ToolCall> calls) => !request.Agent.ParallelTools || calls.Any(call => plan.Sequential.Contains(call.Name));

    private TableRow RunPatch() => _totals.WriteTo(RunRow.Patch(run.Id)).Set(RunRow.LabelName, (int)_label);

    private TableRow Receipt(TurnResult result, string outcome) => step.Patch()
        .Set(StepRow.StateName, StepRow.Done)
        .Set(StepRow.OutcomeName, outcome)
        .Set(StepRow.EndedName, time.GetUtcNow())
        .Set(StepRow.AttemptsName, StepRow.Json(_attempts))
        .Set(StepRow.UsedName, StepRow.Json(_used))
        .Set(StepRow.ReceiptName, StepRow.Json(result));

    private TableOperation Transcribe(string text, IReadOnlyList<ToolCall> calls) => Transcript.Write(
        run.Id, RunKeys.AssistantMessage(input.Turn), Message.Assistant(text.Length == 0 && calls.Count > 0 ? null : text, calls), _messageId, time.GetUtcNow());

    /// <summary>What may be billed is on disk before it is asked for, so that a lost attempt is known; a local call need not wait for the disk.</summary>
    private static WriteDurability Before(ModelInfo? model) => model is { Locality: Locality.Cloud } ? WriteDurability.Durable : WriteDurability.Ordered;

    private EventDraft Started(ModelInfo model) => new(
        RunEventTypes.ModelStarted, new { turn = input.Turn, message_id = _messageId, attempt = _attempts.Count + 1, provider = model.Ref.Provider, model = model.Ref.Model });

    private EventDraft Reset(string reason) => new(RunEventTypes.MessageReset, new { message_id = _messageId, attempt = _attempts.Count + 1, reason });

    private EventDraft Completed(ModelInfo model, string reason, TokenUsage usage, IReadOnlyList<ToolCall> calls) => new(RunEventTypes.MessageCompleted, new
    {
        turn = input.Turn,
        message_id = _messageId,
        attempt = _attempts.Count,
        provider = model.Ref.Provider,
        model = model.Ref.Model,
        finish_reason = reason,
        usage = new { usage.PromptTokens, usage.CompletionTokens, usage.TotalTokens, usage.Estimated },
        tool_calls = calls.Select(call => new { call.Id, call.Name }),
    });

    private IEnumerable<EventDraft> BudgetWarning()
    {
        foreach ((BudgetAccount account, BudgetBound bound) in budget.Warnings)
            yield return new(RunEventTypes.BudgetWarning, new { limit = $"{account.Owner}.{bound.Limit}", agent_id = account.AgentId, used = bound.Used, allowed = bound.Allowed });
        if (Crossed(run.Totals.TotalTokens, _totals.TotalTokens, request.Limits.MaxTotalTokens))
            yield return new(RunEventTypes.BudgetWarning, new { limit = BudgetLimits.Tokens, used = _totals.TotalTokens, allowed = request.Limits.MaxTotalTokens });
        if (Crossed(run.Totals.CostUsd, _totals.CostUsd, request.Limits.MaxCostUsd))
            yield return new(RunEventTypes.BudgetWarning, new { limit = BudgetLimits.Cost, used = _totals.CostUsd, allowed = request.Limits.MaxCostUsd });

        // Four fifths: late enough to matter, early enough to act.
        static bool Crossed(decimal before, decimal after, decimal? limit) => limit is { } most && before < most * 0.8m && after >= most * 0.8m;
    }

    private static IEnumerable<EventDraft> Pending(EventDraft? delta) => delta is null ? [] : [delta];
}
