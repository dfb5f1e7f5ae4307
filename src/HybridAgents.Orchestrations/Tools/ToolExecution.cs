using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Input of <see cref="ToolExecution"/> and of <see cref="InvokeTool"/>: a reference, never arguments.</summary>
internal sealed record ToolExecutionInput(string CallId);

/// <summary>Output of both; the result is in the call's row.</summary>
internal sealed record ToolExecutionOutput(string State);

/// <summary>A tool call outside of a run: one durable step.</summary>
internal sealed class ToolExecution : Orchestrator<ToolExecutionInput, ToolExecutionOutput>
{
    public const string Name = "ToolExecution";
    public const string Version = "1";
    public const string Activity = "InvokeTool";

    public override Task<ToolExecutionOutput> RunAsync(OrchestrationContext context, ToolExecutionInput input) =>
        context.CallActivityAsync<ToolExecutionOutput>(Activity, input, new("1/tool/0"));
}
