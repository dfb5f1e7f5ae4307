using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Shows that a run can go on only after an answer from outside. What it waits for is in the waiting step rows.</summary>
internal sealed class ParkRun(RunLog log) : Activity<ParkInput, AgentRunOutput>
{
    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, ParkInput input)
    {
        TableRow patch = RunRow.Patch(input.RunId).Set(RunRow.StatusName, nameof(RunStatus.RequiresAction)).Set(RunRow.ActivityName, "waiting");
        await log.AppendAsync(
            input.RunId,
            _ => new([new(RunEventTypes.ActionRequired, new { turn = input.Turn })], [TableOperation.Merge(patch, etag: null)]),
            WriteDurability.Ordered);
        return new("parked");
    }
}
