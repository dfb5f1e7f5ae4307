using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Stored names of the orchestrator and its own activity; the others are an agent run's.</summary>
internal static class WorkflowNames
{
    public const string Orchestrator = "WorkflowRun";
    public const string Version = "1";
    public const string Advance = "AdvanceWorkflow";
}

/// <summary>The run of a workflow: an agent run in which the definition, not a model, says what is called next.</summary>
internal sealed class WorkflowRunOrchestrator : Orchestrator<AgentRunInput, AgentRunOutput>
{
    public override Task<AgentRunOutput> RunAsync(OrchestrationContext context, AgentRunInput input) => AgentRunOrchestrator.RunAsync(context, input, WorkflowNames.Advance);
}
