using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Conversations below chat. Each function is a route of the API and delegates to its handler.</summary>
public static class ChatConversationFunctions
{
    [Function("ListChatConversations")]
    public static Task ListChatConversations(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/chat/conversations")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateChatConversation")]
    public static Task CreateChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/conversations")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetChatConversation")]
    public static Task GetChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/chat/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChangeChatConversation")]
    public static Task ChangeChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/chat/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteChatConversation")]
    public static Task DeleteChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/chat/conversations/{conversation_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetChatConversationMessages")]
    public static Task GetChatConversationMessages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/chat/conversations/{conversation_id}/messages")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ClearChatConversation")]
    public static Task ClearChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/conversations/{conversation_id}/clear")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ArchiveChatConversation")]
    public static Task ArchiveChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/conversations/{conversation_id}/archive")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RegenerateChatConversation")]
    public static Task RegenerateChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/conversations/{conversation_id}/regenerate")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("BranchChatConversation")]
    public static Task BranchChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/conversations/{conversation_id}/branch")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ExportChatConversation")]
    public static Task ExportChatConversation(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/chat/conversations/{conversation_id}/export")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
