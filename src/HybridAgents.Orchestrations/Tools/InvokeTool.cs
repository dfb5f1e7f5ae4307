using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Runs a tool for a caller outside of a run. An at-most-once tool that was claimed and never committed is not run again by itself: a person settles that.</summary>
internal sealed class InvokeTool(ITableStore tables, ToolRegistry registry, ToolResultCache cache, PrivacyGate gate, TimeProvider time)
    : Activity<ToolExecutionInput, ToolExecutionOutput>
{
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);

    private readonly ITable _table = tables.GetTable(ToolExecutionRow.Table);

    public override async Task<ToolExecutionOutput> RunAsync(ActivityContext context, ToolExecutionInput input)
    {
        ToolExecutionRow? row = await ReadAsync(input.CallId);
        if (row is { State: ToolExecutionRow.Running } && Tool(await registry.GetAsync(row.Tenant, context.CancellationToken), row) is null or { Definition.Effect: ToolEffect.AtMostOnce })
        {
            if (row.Lease > time.GetUtcNow())
                await Task.Delay(row.Lease - time.GetUtcNow(), time, context.CancellationToken);
            row = await ReadAsync(input.CallId);
            if (row is { State: ToolExecutionRow.Running })
            {
                await _table.SubmitAsync([row.AskForReview()], WriteDurability.Ordered, CancellationToken.None);
                return new(ToolExecutionRow.Review);
            }
        }

        return row switch
        {
            null or { State: ToolExecutionRow.Done } => new("done"),
            { State: ToolExecutionRow.Review } => new(ToolExecutionRow.Review),
            _ => await InvokeAsync(context, row),
        };
    }

    private static ITool? Tool(ToolSet tools, ToolExecutionRow row) => tools.Find(row.Tool);

    private async Task<ToolExecutionRow?> ReadAsync(string id) =>
        await _table.GetAsync(id, ToolExecutionRow.Key, CancellationToken.None) is { } found ? new(found) : null;

    private async Task<ToolExecutionOutput> InvokeAsync(ActivityContext context, ToolExecutionRow row)
    {
        if (Tool(await registry.GetAsync(row.Tenant, context.CancellationToken), row) is not { } tool)
            return await FinishAsync(row.Id, row.ETag, ToolOutput.Error("The tool is no longer there."), TimeSpan.Zero);
        JsonElement arguments = row.Arguments;
        Clearance<JsonElement> clearance = gate.Clear(
            arguments, [arguments.GetRawText()], PrivacyLabel.Standard, new($"tool:{row.Tool}", tool.Definition.Locality), cloudPrivateConsent: false);
        if (clearance.Cleared is not { } cleared)
            return await FinishAsync(row.Id, row.ETag, ToolOutput.Error("privacy_blocked: private text must not be sent to this tool."), TimeSpan.Zero);
        ToolInvocation invocation = new(cleared.Value, row.Id, row.Tenant, clearance.Label);
        if (cache.Find(tool.Definition, invocation) is { } kept)
            return await FinishAsync(row.Id, row.ETag, kept, TimeSpan.Zero, cached: true);

        TimeSpan limit = row.Timeout is { } asked && asked < tool.Definition.Timeout ? asked : tool.Definition.Timeout;
        TableWriteResult claim = await _table.SubmitAsync(
            [row.Claim(time.GetUtcNow() + limit + LeaseMargin)],
            tool.Definition.Effect == ToolEffect.AtMostOnce ? WriteDurability.Durable : WriteDurability.Ordered,
            CancellationToken.None);
        if (!claim.Succeeded)
            return new("lost");
        long begun = time.GetTimestamp();
        ToolRun ran = await ToolRunner.RunAsync(tool, invocation, context, time.GetUtcNow() + limit, time, lost: CancellationToken.None);
        ToolOutput output = ran.Output ?? ToolOutput.Error(
            ran.State == StepState.Cancelled ? "The call was cancelled." : $"The tool gave no answer within {limit.TotalSeconds:0.###} s.");
        RunTelemetry.ToolEnded(tool.Definition.Name, output.IsError, time.GetElapsedTime(begun));
        cache.Keep(tool.Definition, invocation, output);
        return await FinishAsync(row.Id, claim.ETags[0], output, time.GetElapsedTime(begun));
    }

    private async Task<ToolExecutionOutput> FinishAsync(string id, string? etag, ToolOutput output, TimeSpan ran, bool cached = false)
    {
        ToolExecutionResult result = new(ToolText.ForCaller(output.Content), output.IsError, (long)ran.TotalMilliseconds, cached);
        await _table.SubmitAsync([ToolExecutionRow.Finish(id, etag, result)], WriteDurability.Ordered, CancellationToken.None);
        return new("done");
    }
}
