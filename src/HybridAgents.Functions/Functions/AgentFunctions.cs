using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Agents. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class AgentFunctions
{
    [Function("ListAgents")]
    public static Task ListAgents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateAgent")]
    public static Task CreateAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetAgent")]
    public static Task GetAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/{agent_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ReplaceAgent")]
    public static Task ReplaceAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/agents/{agent_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChangeAgent")]
    public static Task ChangeAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/agents/{agent_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteAgent")]
    public static Task DeleteAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/agents/{agent_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetAgentTools")]
    public static Task GetAgentTools(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/{agent_id}/tools")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListAgentVersions")]
    public static Task ListAgentVersions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/{agent_id}/versions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RestoreAgentVersion")]
    public static Task RestoreAgentVersion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/{agent_id}/versions/{version}/restore")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ExportAgent")]
    public static Task ExportAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/{agent_id}/export")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ImportAgent")]
    public static Task ImportAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/import")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CloneAgent")]
    public static Task CloneAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/{agent_id}/clone")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
