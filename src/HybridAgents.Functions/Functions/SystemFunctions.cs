using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Health, metrics, the OpenAPI document, keys, usage, models and providers. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class SystemFunctions
{
    [Function("Health")]
    public static Task Health(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("SystemHealth")]
    public static Task SystemHealth(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/system/health")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetSystemModels")]
    public static Task GetSystemModels(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/system/models")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetSystemStatus")]
    public static Task GetSystemStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/system/status")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetSystemConfig")]
    public static Task GetSystemConfig(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/system/config")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("SetSystemConfig")]
    public static Task SetSystemConfig(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/system/config")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("OpenApi")]
    public static Task OpenApi(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi/v1.json")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CreateKey")]
    public static Task CreateKey(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/keys")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListKeys")]
    public static Task ListKeys(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/keys")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetKey")]
    public static Task GetKey(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/keys/{key_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteKey")]
    public static Task DeleteKey(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/keys/{key_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetUsage")]
    public static Task GetUsage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/analytics/usage")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetCost")]
    public static Task GetCost(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/analytics/cost")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListModels")]
    public static Task ListModels(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/models")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetModel")]
    public static Task GetModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/models/{model}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ConnectProvider")]
    public static Task ConnectProvider(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/models/connect")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetProviderStatus")]
    public static Task GetProviderStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/models/{provider}/status")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListProviders")]
    public static Task ListProviders(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/providers")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetProvider")]
    public static Task GetProvider(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/providers/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("PutProvider")]
    public static Task PutProvider(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/providers/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("DeleteProvider")]
    public static Task DeleteProvider(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/providers/{name}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("TestProvider")]
    public static Task TestProvider(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/providers/{name}/test")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("Metrics")]
    public static Task Metrics(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "metrics")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
