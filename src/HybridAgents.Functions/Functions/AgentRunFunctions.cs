using HybridAgents.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace HybridAgents.Functions;

/// <summary>The agent run and the workflow's run: their orchestrators, one function a version, and their activities. A version stays until no instance of it runs.</summary>
public static class AgentRunFunctions
{
    [Function("AgentRun_v1")]
    public static Task<Payload> AgentRunV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("WorkflowRun_v1")]
    public static Task<Payload> WorkflowRunV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("AdvanceWorkflow")]
    public static Task<Payload> AdvanceWorkflow([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("PrepareRun")]
    public static Task<Payload> PrepareRun([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("KeepTurn")]
    public static Task<Payload> KeepTurn([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("DescribeConversation")]
    public static Task<Payload> DescribeConversation([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("RememberTurn")]
    public static Task<Payload> RememberTurn([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("CallModel")]
    public static Task<Payload> CallModel([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("ExecuteTool")]
    public static Task<Payload> ExecuteTool([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("ParkRun")]
    public static Task<Payload> ParkRun([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("WakeRun")]
    public static Task<Payload> WakeRun([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("FinalizeRun")]
    public static Task<Payload> FinalizeRun([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("CloseSubRun")]
    public static Task<Payload> CloseSubRun([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    /// <summary>The adapter's own: notes a sub-orchestration under its parent.</summary>
    [Function("LinkChild")]
    public static Task<Payload> LinkChild([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);
}
