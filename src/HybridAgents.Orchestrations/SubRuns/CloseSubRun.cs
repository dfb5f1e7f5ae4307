using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>Notes that a sub-run has ended: its root's roster and log, and, if all that still goes on waits for an answer, what is asked. Ignores its token.</summary>
internal sealed class CloseSubRun(SubRunStore subRuns, Questions questions) : Activity<CloseSubRunInput, AgentRunOutput>
{
    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, CloseSubRunInput input)
    {
        await subRuns.CloseAsync(input.RunId, input.Unstarted);
        await questions.ShowOnRootAsync(input.RunId);
        return new("closed");
    }
}
