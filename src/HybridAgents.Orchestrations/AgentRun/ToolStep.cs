using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>One execution of one tool call, from its checks to its receipt.</summary>
/// <remarks>
/// The step row is the effect ledger: an execution claims it before the effect and commits it after. A claim without a receipt means that nobody knows whether the effect
/// happened: pure and idempotent tools run again with the same key, an at-most-once tool becomes a review.
/// </remarks>
internal sealed class ToolStep(
    RunLog log, Mailbox mailbox, IPrivacyScanner scanner, ToolResultCache cache, TimeProvider time, ActivityContext context, ToolInput input, RunRequest request,
    ResolvedCall resolved, StepRow? existing, RunRow run, PrivacyGate gate, DelegationStep delegation) : IDisposable
{
    private readonly StepExecution _step = new(log, input.RunId, RunKeys.ToolStep(input.Turn, input.Index), existing);
    private readonly List<EventDraft> _news = [];

    private ToolCall Call => resolved.Call;

    private ApprovalSettings Approval => resolved.Approval ?? request.Approval;

    private object ShownArguments => ToolText.ForWatchers(resolved.Arguments, Call.Arguments);

    public async Task<ToolResult> RunAsync()
    {
        // The claim of an at-most-once call stands whatever has become of the tool since: it may have taken effect.
        if (existing is { State: StepRow.Running, Lease: not null })
            return await UnknownEffectAsync(existing);
        if (existing is { State: StepRow.Waiting, WaitKind: Mailbox.Review })
            return await ReviewAsync(existing);
        if (resolved.Fault is { } fault)
            return await CommitAsync(ToolOutput.Error(fault));
        if (resolved.Work is { } work)
            return await DelegateAsync(work);
        if (resolved.Wait is { } wait)
            return await PauseAsync(wait);
        if (resolved.Tool is not { } tool)
            return await ClientToolAsync();
        if (existing is { State: StepRow.Waiting } || NeedsApproval(tool.Definition))
            return await ApprovalAsync(tool);
        return await InvokeAsync(tool);
    }

    public void Dispose() => _step.Dispose();

    private bool NeedsApproval(ToolDefinition tool) =>
        existing is not { State: StepRow.Running }
        && (tool.Approval == ToolApproval.Always || request.Approval.Tools.Contains(tool.Name) || request.Approval.Tools.Contains(Call.Name) || AfterUntrusted(tool));

    /// <summary>Whether text of strangers may have asked for this call. What was read beside it, in the same turn, has not: the model had not seen it; nor has it for a step that a workflow declares.</summary>
    private bool AfterUntrusted(ToolDefinition tool) =>
        request.Workflow is null && tool.Effect == ToolEffect.AtMostOnce && !request.Approval.AllowAfterUntrusted && (request.Untrusted || run.UntrustedTurn < input.Turn || resolved.AmongStrangers);

    /// <summary>Hands the work to sub-runs; once they have ended, their answers are the call's result, and their labels and usage are this run's.</summary>
    private async Task<ToolResult> DelegateAsync(Delegation work)
    {
        IReadOnlyList<SubRun>? subRuns = existing?.Read<List<SubRun>>(StepRow.SubRunsName);
        if (subRuns is not null && await delegation.CollectAsync(work, subRuns, run, input) is { } collected)
            return await CommitAsync(collected.Output, ran: time.GetUtcNow() - existing!.StartedAt, others: [collected.Usage]);
        subRuns = await delegation.OpenAsync(work, run, request, input);
        if (subRuns is null)
            return await CommitAsync(ToolOutput.Error($"The run has handed work to others {SubRunStore.MaxOfRoot} times; no more is allowed."));
        if (existing is null)
            await _step.WriteAsync(new StepWrite(
                Open(StepRow.Running).Set(StepRow.SubRunsName, StepRow.Json(subRuns)),
                [new(RunEventTypes.ToolStarted, new { turn = input.Turn, call_id = Call.Id, tool = Call.Name, arguments = ShownArguments })],
                [TableOperation.Merge(RunRow.Patch(input.RunId).Set(RunRow.HasSubRunsName, true), etag: null)]));
        return new(StepState.Delegated, input.Label, SubRuns: subRuns, MaxConcurrency: work.MaxConcurrency);
    }

    /// <summary>Waits for a time or an event; an event that is there already is taken at once.</summary>
    private async Task<ToolResult> PauseAsync(StepWait wait)
    {
        DateTimeOffset until = existing?.ExpiresAt ?? wait.Until(time.GetUtcNow());
        Mail? mail = wait.Mailbox is { } box ? await mailbox.ReadAsync(box.RunId, box.Key, CancellationToken.None) : null;
        return mail is null && time.GetUtcNow() < until
            ? await WaitAsync(wait.Kind, wait.Mailbox?.Key ?? MailKey(wait.Kind), until, request: null)
            : await CommitAsync(wait.End(mail));
    }

    private async Task<ToolResult> ClientToolAsync()
    {
        string key = MailKey(Mailbox.ToolOutputs);
        if (await mailbox.ReadAsync(input.RunId, key, CancellationToken.None) is { } mail)
            return await CommitAsync(new(mail.Text ?? "", IsError: mail.Decision == "error"));
        return await WaitAsync(Mailbox.ToolOutputs, key, expiresAt: null, request: null);
    }

    private async Task<ToolResult> ApprovalAsync(ITool tool)
    {
        string key = MailKey(Mailbox.Approval);
        DateTimeOffset expires = existing?.ExpiresAt ?? time.GetUtcNow().AddSeconds(Approval.TimeoutSeconds);
        Mail? mail = await mailbox.ReadAsync(input.RunId, key, CancellationToken.None);
        // The expiry is an answer like any other: whoever is in the mailbox first stands.
        if (mail is null && time.GetUtcNow() >= expires)
            mail = await mailbox.PutAsync(input.RunId, key, new("expired", null), CancellationToken.None);
        if (mail is null)
        {
            return await WaitAsync(Mailbox.Approval, key, expires, new(RunEventTypes.ApprovalRequested, new
            {
                turn = input.Turn,
                call_id = Call.Id,
                tool = Call.Name,
                arguments = resolved.Arguments,
                expires_at = expires,
                reason = AfterUntrusted(tool.Definition) ? "untrusted_text" : null,
            }));
        }

        _news.Add(new(RunEventTypes.ApprovalResolved, new { call_id = Call.Id, tool = Call.Name, decision = mail.Decision, comment = mail.Text }));
        if (mail.Decision == "approve" || (mail.Decision == "expired" && Approval.ApproveOnTimeout))
            return await InvokeAsync(tool);
        string refusal = mail.Decision == "expired" ? "The approval was not given in time." : $"A person refused this call{(mail.Text is { } comment ? $": {comment}" : ".")}";
        return await CommitAsync(
            ToolOutput.Error(refusal),
            Approval.FailOnReject ? new(RunErrorCodes.ApprovalRejected, $"The call of '{Call.Name}' was refused.") : null);
    }

    /// <summary>An at-most-once call was claimed and never committed. While its claim lives somebody may still be at it.</summary>
    private async Task<ToolResult> UnknownEffectAsync(StepRow claim)
    {
        if (claim.Lease is { } lease && lease > time.GetUtcNow())
        {
            try
            {
                await Task.Delay(lease - time.GetUtcNow(), time, context.CancellationToken);
            }
            catch (OperationCanceledException) when (context.Cancellation == ActivityCancellation.RunCancelled)
            {
                return new(StepState.Cancelled, input.Label);
            }
        }

        string note = claim.ArgumentsHash == resolved.ArgumentsHash ? "It is not known whether this call took effect." : "The call's arguments changed after it was claimed.";
        return await WaitAsync(Mailbox.Review, MailKey(Mailbox.Review, claim.Epoch), expiresAt: null, new(RunEventTypes.ReviewRequested, new
        {
            turn = input.Turn,
            call_id = Call.Id,
            tool = Call.Name,
            arguments = resolved.Arguments.ValueKind == System.Text.Json.JsonValueKind.Undefined ? Call.Arguments : (object)resolved.Arguments,
            reason = note,
        }));
    }

    private async Task<ToolResult> ReviewAsync(StepRow waiting)
    {
        if (await mailbox.ReadAsync(input.RunId, waiting.MailKey!, CancellationToken.None) is not { } mail)
            return Waiting(forPerson: true, expiresAt: null);
        _news.Add(new(RunEventTypes.ReviewResolved, new { call_id = Call.Id, tool = Call.Name, decision = mail.Decision }));
        return mail.Decision switch
        {
            "retry" => resolved is { Tool: { } tool, Fault: null } ? await InvokeAsync(tool) : await CommitAsync(ToolOutput.Error(resolved.Fault ?? "The tool is no longer there.")),
            "done" => await CommitAsync(new(mail.Text ?? "Done.")),
            _ => await CommitAsync(
                ToolOutput.Error("A person reviewed this call: it failed."),
                request.Approval.FailOnReject ? new(RunErrorCodes.ReviewRejected, $"The call of '{Call.Name}' was reviewed as failed.") : null),
        };
    }

    private async Task<ToolResult> InvokeAsync(ITool tool)
    {
        Clearance<System.Text.Json.JsonElement> clearance = gate.Clear(
            resolved.Arguments, [Call.Arguments], input.Label, new($"tool:{Call.Name}", tool.Definition.Locality), request.Routing.AllowCloudPrivate);
        if (clearance.Cleared is not { } cleared)
            return await CommitAsync(ToolOutput.Error("privacy_blocked: private text must not be sent to this tool."));
        ToolInvocation invocation = new(cleared.Value, context.Key, run.Tenant, clearance.Label, run.ConversationId);
        if (cache.Find(tool.Definition, invocation) is { } kept)
            return await CommitAsync(kept, cached: true);
        if (context.Cancellation == ActivityCancellation.HostStopping)
            throw new OperationCanceledException(context.CancellationToken);

        bool atMostOnce = tool.Definition.Effect == ToolEffect.AtMostOnce;
        using EffectClaim claim = new(_step, time);
        await claim.OpenAsync(
            Open(StepRow.Running).Set(StepRow.ArgumentsHashName, resolved.ArgumentsHash),
            [.. _news, new(RunEventTypes.ToolStarted, new { turn = input.Turn, call_id = Call.Id, tool = Call.Name, arguments = ShownArguments })],
            atMostOnce);
        long begun = time.GetTimestamp();
        ToolRun ran = await ToolRunner.RunAsync(tool, invocation, context, input.Deadline, time, claim.Lost);
        if (ran.Output is { } output)
        {
            RunTelemetry.ToolEnded(tool.Definition.Name, output.IsError, time.GetElapsedTime(begun));
            cache.Keep(tool.Definition, invocation, output);
        }

        return ran.State switch
        {
            StepState.Done => await CommitAsync(ran.Output!, ran: time.GetElapsedTime(begun)),
            _ => new(ran.State, input.Label),
        };
    }

    private async Task<ToolResult> WaitAsync(string kind, string key, DateTimeOffset? expiresAt, EventDraft? request)
    {
        if (existing is not { State: StepRow.Waiting } waiting || waiting.MailKey != key)
        {
            TableRow patch = Open(StepRow.Waiting)
                .Set(StepRow.ArgumentsName, Call.Arguments)
                .Set(StepRow.WaitKindName, kind)
                .Set(StepRow.MailKeyName, key)
                .Set(StepRow.ExpiresName, expiresAt);
            await _step.WriteAsync(new StepWrite(patch, request is null ? [] : [request], []));
        }

        return Waiting(kind != Mailbox.ToolOutputs, expiresAt);
    }

    private ToolResult Waiting(bool forPerson, DateTimeOffset? expiresAt) => new(StepState.Waiting, input.Label, forPerson, expiresAt);

    /// <summary>Writes the one result of the call. A result that fails the run is written too: a transcript never lacks one.</summary>
    private async Task<ToolResult> CommitAsync(
        ToolOutput output, RunError? error = null, TimeSpan? ran = null, bool cached = false, IReadOnlyList<TableOperation>? others = null)
    {
        PrivacyLabel label = input.Label.RaisedTo(output.Label).RaisedTo(scanner.Scan(output.Content));
        ToolResult result = new(error is null ? StepState.Done : StepState.Failed, label, Error: error);
        DateTimeOffset now = time.GetUtcNow();
        bool started = ran is not null;
        TableRow patch = (started ? _step.Patch() : Open(StepRow.Done))
            .Set(StepRow.StateName, StepRow.Done)
            .Set(StepRow.OutcomeName, output.IsError ? "error" : "ok")
            .Set(StepRow.EndedName, now)
            .Set(StepRow.ReceiptName, StepRow.Json(result));
        string shown = ToolText.ForWatchers(output.Content);
        EventDraft completed = new(RunEventTypes.ToolCompleted, new
        {
            turn = input.Turn,
            call_id = Call.Id,
            tool = Call.Name,
            arguments = started ? null : ShownArguments, // A call that was never started has said nothing of itself.
            is_error = output.IsError,
            output = shown,
            output_shortened = shown.Length < output.Content.Length ? true : (bool?)null,
            duration_ms = (long)(ran ?? TimeSpan.Zero).TotalMilliseconds,
            cached = cached ? true : (bool?)null,
        });
        await _step.WriteAsync(new StepWrite(
            patch,
            started ? [completed] : [.. _news, completed],
            [
                Transcript.Write(input.RunId, RunKeys.ToolMessage(input.Turn, input.Index), Message.ToolResult(Call, ToolText.ForModel(output.Content)), null, now),
                .. ToolText.Spill(input.RunId, input.Turn, input.Index, output.Content),
                .. resolved.Tool is { Definition.Untrusted: true } && run.UntrustedTurn is null
                    ? [TableOperation.Merge(RunRow.Patch(input.RunId).Set(RunRow.UntrustedTurnName, input.Turn), etag: null)]
                    : (TableOperation[])[],
                .. others ?? [],
            ]));
        return result;
    }

    private TableRow Open(string state)
    {
        TableRow patch = _step.Patch()
            .Set(StepRow.KindName, StepRow.ToolKind)
            .Set(StepRow.NameName, Call.Name)
            .Set(StepRow.CallIdName, Call.Id)
            .Set(StepRow.EpochName, _step.Epoch)
            .Set(StepRow.StateName, state);
        return existing is null ? patch.Set(StepRow.StartedName, time.GetUtcNow()) : patch;
    }

    private string MailKey(string kind, int round = 0) => RunKeys.Mail(kind, Call.Id, round);
}
