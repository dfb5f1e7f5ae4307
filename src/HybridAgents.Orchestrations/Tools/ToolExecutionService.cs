using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Tools;

/// <inheritdoc/>
internal sealed class ToolExecutionService(ITableStore tables, IDurableClient client, TimeProvider time) : IToolExecutions
{
    private readonly ITable _table = tables.GetTable(ToolExecutionRow.Table);

    public async Task<ToolExecutionStart> StartAsync(ToolExecutionRequest request, RunCaller caller, CancellationToken cancellationToken)
    {
        client.ThrowIfBusy();
        string id = ToolExecutionRow.IdOf(caller, request.IdempotencyKey);
        // The day's list first: what is listed and absent is harmless, what is kept and unlisted would never go.
        await _table.SubmitAsync([TableOperation.Upsert(new TableRow(ToolExecutionRow.DayOf(time.GetUtcNow()), id))], WriteDurability.Ordered, cancellationToken);
        TableWriteResult added = await _table.SubmitAsync([TableOperation.Insert(ToolExecutionRow.New(id, request, caller))], WriteDurability.Ordered, cancellationToken);
        if (!added.Succeeded && await _table.GetAsync(id, ToolExecutionRow.Key, cancellationToken) is { } row && new ToolExecutionRow(row) is var earlier)
        {
            if (earlier.RequestHash != ToolExecutionRow.HashOf(request))
                return new(id, KeyReused: true);
            if (earlier.State == ToolExecutionRow.Done)
                return new(id);
        }

        await client.ScheduleNewAsync(
            ToolExecution.Name, new ToolExecutionInput(id), new(id, Duplicates: DuplicateIdPolicy.KeepExisting, TraceParent: System.Diagnostics.Activity.Current?.Id), cancellationToken);
        return new(id);
    }

    public async Task<ToolExecutionView?> WaitAsync(string callId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken)
    {
        ToolExecutionRow? row = await ReadAsync(callId, caller, cancellationToken);
        if (row is null or { State: ToolExecutionRow.Done or ToolExecutionRow.Review })
            return row?.ToView();
        OrchestrationState? state = null;
        using CancellationTokenSource limit = new(wait, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            state = await client.WaitForCompletionAsync(callId, cancellationToken: either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The wait is over, the call is not.
        }

        ToolExecutionView? view = (await ReadAsync(callId, caller, cancellationToken))?.ToView();
        return view is { Ended: false } && state is { IsTerminal: true }
            ? view with { Status = "completed", Result = "The call failed unexpectedly.", IsError = true, DurationMs = 0, Cached = false }
            : view;
    }

    public async Task<AnswerResult> ReviewAsync(string callId, RunCaller caller, ToolReview review, CancellationToken cancellationToken)
    {
        while (await ReadAsync(callId, caller, cancellationToken) is { } row)
        {
            if (row.State != ToolExecutionRow.Review)
                return row.Decision is null ? AnswerResult.NotFound : row.Decision == review.Decision ? AnswerResult.Accepted : AnswerResult.Conflict;
            if (!(await _table.SubmitAsync([row.Settle(review)], cancellationToken: cancellationToken)).Succeeded)
                continue;
            await client.RaiseEventAsync(callId, ToolExecution.Reviewed, cancellationToken: cancellationToken);
            return AnswerResult.Accepted;
        }

        return AnswerResult.NotFound;
    }

    private async Task<ToolExecutionRow?> ReadAsync(string callId, RunCaller caller, CancellationToken cancellationToken) =>
        ToolExecutionRow.IsId(callId) && await _table.GetAsync(callId, ToolExecutionRow.Key, cancellationToken) is { } found && new ToolExecutionRow(found) is var row && row.Tenant == caller.Tenant
            ? row
            : null;
}
