using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Documents. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class KnowledgeFunctions
{
    [Function("ListDocuments")]
    public static Task ListDocuments(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/knowledge/documents")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("AddDocument")]
    public static Task AddDocument(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/knowledge/documents")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetDocument")]
    public static Task GetDocument(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/knowledge/documents/{document_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteDocument")]
    public static Task DeleteDocument(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/knowledge/documents/{document_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("SearchKnowledge")]
    public static Task SearchKnowledge(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/knowledge/search")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
