using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>OpenAI's Responses API. Each function is a route of the API and delegates to its handler.</summary>
public static class ResponseFunctions
{
    [Function("CreateResponse")]
    public static Task CreateResponse(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/responses")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetResponse")]
    public static Task GetResponse(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/responses/{response_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CancelResponse")]
    public static Task CancelResponse(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/responses/{response_id}/cancel")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteResponse")]
    public static Task DeleteResponse(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/responses/{response_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
