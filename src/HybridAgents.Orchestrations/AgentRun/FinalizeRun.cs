using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Ends a run that no model step has ended. Does nothing when it has ended already; ignores its token, since the end of a cancelled run must be written too.</summary>
internal sealed class FinalizeRun(RunLog log, RunRequests requests, TimeProvider time) : Activity<FinalizeInput, AgentRunOutput>
{
    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, FinalizeInput input)
    {
        await log.AppendAsync(
            input.RunId,
            head => new([RunEnd.Event(input)], [TableOperation.Merge(RunEnd.Apply(RunRow.Patch(input.RunId), input, head.Last + 1, time.GetUtcNow()), etag: null)]),
            WriteDurability.Ordered);
        requests.Forget(input.RunId);
        return new("finalized");
    }
}
