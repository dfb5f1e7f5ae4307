using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>A tool step: exactly one result for the call, whatever happens. Asked again after a wait, it reads the mailbox and goes on.</summary>
internal sealed class ExecuteTool(
    ITableStore tables, RunLog log, RunRequests requests, Transcript transcript, Mailbox mailbox, ToolCallReader calls, PrivacyGate gate, IPrivacyScanner scanner,
    ToolResultCache cache, DelegationStep delegation, TimeProvider time) : Activity<ToolInput, ToolResult>
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<ToolResult> RunAsync(ActivityContext context, ToolInput input)
    {
        try
        {
            return await ExecuteAsync(context, input);
        }
        catch (FencedException)
        {
            return new(StepState.Lost, input.Label);
        }
    }

    private async Task<ToolResult> ExecuteAsync(ActivityContext context, ToolInput input)
    {
        string key = RunKeys.ToolStep(input.Turn, input.Index);
        StepRow? existing = await _table.GetAsync(input.RunId, key, CancellationToken.None) is { } row ? new(row) : null;
        if (existing?.Receipt<ToolResult>() is { } receipt)
            return receipt;
        RunHead head = await log.GetHeadAsync(input.RunId, CancellationToken.None);
        if (head.Closed)
            return new(StepState.Lost, input.Label);
        if (head.Cancelling)
            return new(StepState.Cancelled, input.Label);
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } run
            || await requests.GetAsync(input.RunId, CancellationToken.None) is not { } request
            || await transcript.GetAnswerAsync(input.RunId, input.Turn, CancellationToken.None) is not { ToolCalls: { } asked })
            return new(StepState.Lost, input.Label);

        ToolCall call = asked[input.Index];
        ResolvedCall resolved = await calls.ReadAsync(call, request, new(run), context.CancellationToken);
        using ToolStep step = new(log, mailbox, scanner, cache, time, context, input, request, resolved, existing, new(run), gate, delegation);
        return await step.RunAsync();
    }
}
