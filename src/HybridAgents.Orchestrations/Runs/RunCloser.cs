using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Webhooks;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Ends runs from outside, when their orchestrator cannot or must not do it. Whoever writes the terminal event first wins.</summary>
internal sealed class RunCloser(RunLog log, RunRequests requests, IDurableClient client, ConversationTurns turns, TimeProvider time)
{
    public Task<AppendOutcome> CancelAsync(RunRow run, string? reason) => EndAsync(run, new(run.Id, RunStatus.Cancelled, run.Turn, Reason: reason));

    /// <summary>
    /// Ends a run whose orchestrator has ended without a word (a fault of ours, or terminated behind our back), or is gone. A run that still has one is left alone, and
    /// so is a queued one that has none yet.
    /// </summary>
    /// <returns>Whether this call has ended it.</returns>
    public async Task<bool> CloseIfAbandonedAsync(RunRow run, CancellationToken cancellationToken)
    {
        if (run.BaseStatus.IsTerminal())
            return false;
        OrchestrationState? instance = await client.GetAsync(run.Id, cancellationToken: cancellationToken);
        if (instance is { IsTerminal: false } || (instance is null && run.BaseStatus == RunStatus.Queued))
            return false;
        FinalizeInput end = run.IsCancelling
            ? new(run.Id, RunStatus.Cancelled, run.Turn)
            : new(run.Id, RunStatus.Failed, run.Turn, Error: new(RunErrorCodes.SystemError, "The run stopped because of a fault of the server; what it had done by then is kept."));
        return await EndAsync(run, end) == AppendOutcome.Written;
    }

    private async Task<AppendOutcome> EndAsync(RunRow run, FinalizeInput end)
    {
        AppendResult result = await log.AppendAsync(
            run.Id,
            head => new([RunEnd.Event(end)], [TableOperation.Merge(RunEnd.Apply(RunRow.Patch(run.Id), end, head.Last + 1, time.GetUtcNow()), etag: null)]),
            WriteDurability.Durable);
        requests.Forget(run.Id);
        if (run.ConversationId is not null)
            await turns.KeepAsync(run.Id);
        if (result.Outcome == AppendOutcome.Written && run.HasWebhook)
            await client.ScheduleNewAsync(
                WebhookDelivery.Orchestrator, new WebhookInput(run.Id), new(WebhookDelivery.InstanceOf(run.Id), Duplicates: DuplicateIdPolicy.KeepExisting), CancellationToken.None);
        return result.Outcome;
    }
}
