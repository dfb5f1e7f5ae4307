using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Tasks and memory. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class PersonalFunctions
{
    [Function("ListTasks")]
    public static Task ListTasks(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tasks")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateTask")]
    public static Task CreateTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/tasks")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetTask")]
    public static Task GetTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/tasks/{task_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("UpdateTask")]
    public static Task UpdateTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/tasks/{task_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteTask")]
    public static Task DeleteTask(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/tasks/{task_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListMemory")]
    public static Task ListMemory(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/memory")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ForgetMemory")]
    public static Task ForgetMemory(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/memory")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ForgetMemoryItem")]
    public static Task ForgetMemoryItem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/memory/{memory_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
