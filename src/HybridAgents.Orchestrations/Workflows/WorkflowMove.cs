using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>What a turn of a workflow comes to.</summary>
/// <param name="State">Where the run stands then.</param>
internal abstract record WorkflowMove(WorkflowState State)
{
    /// <summary>A step is carried out by a call.</summary>
    internal sealed record Call(WorkflowState State, ToolCall ToolCall) : WorkflowMove(State);

    /// <summary>The run is done.</summary>
    internal sealed record Finish(WorkflowState State, JsonElement Output) : WorkflowMove(State);

    /// <summary>The run fails.</summary>
    internal sealed record Fail(WorkflowState State, RunError Error) : WorkflowMove(State);
}
