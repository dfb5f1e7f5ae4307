using HybridAgents.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Work on models: where it is started, its orchestrators, one function a version, and their activities.</summary>
public static class ModelJobFunctions
{
    [Function("StartModelPull")]
    public static Task StartModelPull(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/models/pull")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("StartModelBenchmark")]
    public static Task StartModelBenchmark(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/models/{model}/benchmark")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ModelPull_v1")]
    public static Task<Payload> ModelPullV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("PullModel")]
    public static Task<Payload> PullModel([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);

    [Function("ModelBenchmark_v1")]
    public static Task<Payload> ModelBenchmarkV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("BenchmarkModel")]
    public static Task<Payload> BenchmarkModel([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);
}
