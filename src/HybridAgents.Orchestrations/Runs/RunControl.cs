using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Steers runs from outside: cancel, suspend, resume, answers. What was asked for is written to the run before the engine hears of it.</summary>
internal sealed class RunControl(
    RunProjection projection, Questions questions, SubRunStore subRuns, RunLog log, RunSignals signals, Mailbox mailbox, RunCloser closer, IDurableClient client)
{
    /// <summary>The longest answer that is kept, in characters; the model gets 16 KB of it anyway.</summary>
    private const int MaxAnswer = 256 * 1024;

    public async Task<CancelResult?> CancelAsync(string runId, RunCaller caller, string? reason, bool force, CancellationToken cancellationToken)
    {
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run)
            return null;
        if (run.BaseStatus.IsTerminal())
            return new(await projection.ViewAsync(run, cancellationToken), AlreadyTerminal: true);
        AppendOutcome outcome;
        if (force)
        {
            outcome = await closer.CancelAsync(run, reason);
            await IgnoreMissingAsync(client.TerminateAsync(runId, reason, CancellationToken.None));
            foreach (SubRunRow below in await subRuns.BelowAsync(run))
            {
                if (await subRuns.FindAsync(below.RunId) is { } subRun)
                    await closer.CancelAsync(subRun, reason);
            }
        }
        else
        {
            outcome = (await log.AppendAsync(
                runId,
                head => head.Cancelling ? null : Flagged(runId, RunRow.CancellingName, true, new(RunEventTypes.RunCancelling, new { reason })),
                WriteDurability.Ordered,
                cancellationToken)).Outcome;
            // An instance that ended without ending its run will never do it: this is the last chance.
            if (outcome != AppendOutcome.Closed && !await IgnoreMissingAsync(client.CancelAsync(runId, reason, CancellationToken.None)))
                await closer.CancelAsync(run, reason);
        }

        return await projection.FindAsync(runId, caller, cancellationToken) is { } after
            ? new(await projection.ViewAsync(after, cancellationToken), AlreadyTerminal: outcome == AppendOutcome.Closed)
            : null;
    }

    public async Task<bool?> SuspendAsync(string runId, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run)
            return null;
        if (run.Status.IsTerminal() || run.IsCancelling || run.IsSuspended)
            return false;
        AppendResult result = await HoldAsync(runId, suspended: true);
        if (result.Outcome != AppendOutcome.Written)
            return false;
        await HoldBelowAsync(run, suspended: true);
        await IgnoreMissingAsync(client.SuspendAsync(runId, cancellationToken: CancellationToken.None));
        return true;
    }

    public async Task<bool?> ResumeAsync(string runId, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run)
            return null;
        if (run.Status != RunStatus.Suspended)
            return false;
        AppendResult result = await HoldAsync(runId, suspended: false);
        if (result.Outcome != AppendOutcome.Written)
            return false;
        await HoldBelowAsync(run, suspended: false);
        await IgnoreMissingAsync(client.ResumeAsync(runId, CancellationToken.None));
        return true;
    }

    public async Task<AnswerResult> AnswerAsync(string runId, RunCaller caller, RunAnswer answer, CancellationToken cancellationToken)
    {
        (string kind, Mail mail) = answer switch
        {
            RunAnswer.Approval approval => (Mailbox.Approval, new Mail(approval.Approved ? "approve" : "reject", approval.Comment)),
            RunAnswer.ToolOutput output => (Mailbox.ToolOutputs, new Mail(output.IsError ? "error" : "output", output.Output)),
            RunAnswer.Review review => (Mailbox.Review, new Mail(review.Decision, review.Output)),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.GetType().Name, "Unknown kind of answer."),
        };
        if (mail.Text is { Length: > MaxAnswer } text)
            mail = mail with { Text = text[..MaxAnswer] };
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run
            || await questions.FindAsync(run, kind, answer.CallId) is not ({ } asker, { } key))
            return AnswerResult.NotFound;

        Mail? stands = await mailbox.ReadAsync(asker.Id, key, cancellationToken);
        bool ended = asker.BaseStatus.IsTerminal();
        if (stands is null && ended)
            return AnswerResult.Ended;
        stands ??= await mailbox.PutAsync(asker.Id, key, mail, cancellationToken);
        if (!ended)
        {
            // For an answer that was there before, too: the process that took it may have died before the run heard of it.
            await IgnoreMissingAsync(RaiseAsync(asker.Id));
            foreach (string watched in new HashSet<string> { asker.Id, runId, asker.RootId ?? runId })
                signals.Publish(watched);
        }

        // A comment may be worded anew; a decision or an output may not.
        bool same = stands.Decision == mail.Decision && (kind == Mailbox.Approval || stands.Text == mail.Text);
        return same ? AnswerResult.Accepted : AnswerResult.Conflict;
    }

    private Task<AppendResult> HoldAsync(string runId, bool suspended) => log.AppendAsync(
        runId,
        head => head.Cancelling || head.Held == suspended ? null
            : Flagged(runId, RunRow.SuspendedName, suspended, new(suspended ? RunEventTypes.RunSuspended : RunEventTypes.RunResumed)),
        WriteDurability.Ordered);

    /// <summary>The engine holds and lets go of whatever is below, so the sub-runs say so too.</summary>
    private async Task HoldBelowAsync(RunRow run, bool suspended)
    {
        foreach (SubRunRow below in await subRuns.BelowAsync(run))
            await HoldAsync(below.RunId, suspended);
    }

    private static LogBatch Flagged(string runId, string flag, bool value, EventDraft news) =>
        new([news], [TableOperation.Merge(RunRow.Patch(runId).Set(flag, value), etag: null)]);

    private async Task<bool> RaiseAsync(string runId)
    {
        await client.RaiseEventAsync(runId, Mailbox.WakeUp, cancellationToken: CancellationToken.None);
        return true;
    }

    /// <summary>A run that is not scheduled yet finds what was asked of it in its rows.</summary>
    private static async Task<bool> IgnoreMissingAsync(Task<bool> request)
    {
        try
        {
            return await request;
        }
        catch (InstanceNotFoundException)
        {
            return true;
        }
    }
}
