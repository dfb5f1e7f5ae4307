using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Input of <see cref="ToolExecution"/> and of <see cref="InvokeTool"/>: a reference, never arguments.</summary>
internal sealed record ToolExecutionInput(string CallId);

/// <summary>Output of both; the result is in the call's row.</summary>
internal sealed record ToolExecutionOutput(string State);

/// <summary>A tool call outside of a run: one durable step, and another for each review that lets it be done again.</summary>
internal sealed class ToolExecution : Orchestrator<ToolExecutionInput, ToolExecutionOutput>
{
    public const string Name = "ToolExecution";
    public const string Version = "1";
    public const string Activity = "InvokeTool";
    public const string Reviewed = "reviewed";

    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(5);

    public override async Task<ToolExecutionOutput> RunAsync(OrchestrationContext context, ToolExecutionInput input)
    {
        for (int round = 1; ; round++)
        {
            ToolExecutionOutput output = await context.CallActivityAsync<ToolExecutionOutput>(Activity, input, new($"{round}/tool/0"));
            if (output.State != ToolExecutionRow.Review)
                return output;
            try
            {
                await context.WaitForExternalEvent<Payload>(Reviewed, Recheck);
            }
            catch (TaskCanceledException)
            {
                // The row is the truth; the event only wakes.
            }
        }
    }
}
