using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Chat: completions and embeddings in OpenAI's form, and turns of conversations. Each function is a route of the API and delegates to its handler.</summary>
public static class ChatFunctions
{
    [Function("CreateChatCompletion")]
    public static Task CreateChatCompletion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateChatCompletionNative")]
    public static Task CreateChatCompletionNative(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateEmbeddings")]
    public static Task CreateEmbeddings(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/embeddings")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateHybridChat")]
    public static Task CreateHybridChat(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/hybrid")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("StreamChat")]
    public static Task StreamChat(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat/streaming")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListOpenAIModels")]
    public static Task ListOpenAIModels(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetOpenAIModel")]
    public static Task GetOpenAIModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models/{model}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("Chat")]
    public static Task Chat(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/chat")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChatWithModel")]
    public static Task ChatWithModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/chat")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ChatWithAgent")]
    public static Task ChatWithAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/{agent_id}/chat")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
