using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Conversations under the name of sessions. Each function is a route of the API and delegates to its handler.</summary>
public static class SessionFunctions
{
    [Function("ListSessions")]
    public static Task ListSessions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sessions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateSession")]
    public static Task CreateSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sessions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetSession")]
    public static Task GetSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sessions/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChangeSession")]
    public static Task ChangeSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/sessions/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteSession")]
    public static Task DeleteSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/sessions/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetSessionMessages")]
    public static Task GetSessionMessages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sessions/{conversation_id}/messages")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ClearSession")]
    public static Task ClearSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sessions/{conversation_id}/clear")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ArchiveSession")]
    public static Task ArchiveSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sessions/{conversation_id}/archive")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RegenerateSession")]
    public static Task RegenerateSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sessions/{conversation_id}/regenerate")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("BranchSession")]
    public static Task BranchSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sessions/{conversation_id}/branch")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ExportSession")]
    public static Task ExportSession(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sessions/{conversation_id}/export")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
