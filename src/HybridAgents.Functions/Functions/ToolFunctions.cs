using HybridAgents.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask;

namespace HybridAgents.Functions;

/// <summary>Tools. Each HTTP function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class ToolFunctions
{
    [Function("ToolExecution_v1")]
    public static Task<Payload> ToolExecutionV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("InvokeTool")]
    public static Task<Payload> InvokeTool([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("ListTools")]
    public static Task ListTools(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tools")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListAvailableTools")]
    public static Task ListAvailableTools(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tools/available")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CallTool")]
    public static Task CallTool(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/tools/execute")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetToolExecution")]
    public static Task GetToolExecution(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tools/executions/{call_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ReviewToolExecution")]
    public static Task ReviewToolExecution(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/tools/executions/{call_id}/review")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RegisterTool")]
    public static Task RegisterTool(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/tools/register")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteTool")]
    public static Task DeleteTool(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/tools/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListMcpServers")]
    public static Task ListMcpServers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tools/mcp-servers")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("AddMcpServer")]
    public static Task AddMcpServer(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/tools/mcp-servers")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteMcpServer")]
    public static Task DeleteMcpServer(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/tools/mcp-servers/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
