using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Sends the run the event that it waits for. A wait that ended by its timer leaves a waiter behind, and a generation with a waiter cannot end.</summary>
internal sealed class WakeRun(IDurableClient client) : Activity<WakeInput, AgentRunOutput>
{
    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, WakeInput input)
    {
        await client.RaiseEventAsync(input.RunId, Mailbox.WakeUp, cancellationToken: CancellationToken.None);
        return new("woken");
    }
}
