using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Conversations. Each function is a route of the API and delegates to its handler.</summary>
public static class ConversationFunctions
{
    [Function("ListConversations")]
    public static Task ListConversations(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/conversations")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateConversation")]
    public static Task CreateConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/conversations")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetConversation")]
    public static Task GetConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChangeConversation")]
    public static Task ChangeConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteConversation")]
    public static Task DeleteConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetConversationMessages")]
    public static Task GetConversationMessages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/conversations/{conversation_id}/messages")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ClearConversation")]
    public static Task ClearConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/conversations/{conversation_id}/clear")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ArchiveConversation")]
    public static Task ArchiveConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/conversations/{conversation_id}/archive")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RegenerateConversation")]
    public static Task RegenerateConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/conversations/{conversation_id}/regenerate")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("BranchConversation")]
    public static Task BranchConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/conversations/{conversation_id}/branch")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ExportConversation")]
    public static Task ExportConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/conversations/{conversation_id}/export")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
