using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Routing. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class RoutingFunctions
{
    [Function("ExplainRoute")]
    public static Task ExplainRoute(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/route/explain")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ExplainRunRoute")]
    public static Task ExplainRunRoute(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/route/explain/run")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetRunRouting")]
    public static Task GetRunRouting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs/{run_id}/routing")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RecommendModel")]
    public static Task RecommendModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/models/recommend")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
