using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Workflows. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class WorkflowFunctions
{
    [Function("ListWorkflows")]
    public static Task ListWorkflows(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/workflows")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateWorkflow")]
    public static Task CreateWorkflow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/workflows")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetWorkflow")]
    public static Task GetWorkflow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/workflows/{workflow_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ReplaceWorkflow")]
    public static Task ReplaceWorkflow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/workflows/{workflow_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteWorkflow")]
    public static Task DeleteWorkflow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/workflows/{workflow_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetWorkflowSchema")]
    public static Task GetWorkflowSchema(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/workflows/schema")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ValidateWorkflow")]
    public static Task ValidateWorkflow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/workflows/validate")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetWorkflowGraph")]
    public static Task GetWorkflowGraph(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/workflows/{workflow_id}/graph")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListWorkflowVersions")]
    public static Task ListWorkflowVersions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/workflows/{workflow_id}/versions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("StartWorkflowRun")]
    public static Task StartWorkflowRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/workflows/{workflow_id}/runs")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("PostRunEvent")]
    public static Task PostRunEvent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/events/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
