using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions;

/// <summary>Agent runs. Each function is a route of the API and delegates to its handler; the handlers check keys, so no function key is asked for.</summary>
public static class RunFunctions
{
    [Function("StartRun")]
    public static Task StartRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/run")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetRunStatus")]
    public static Task GetRunStatus(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/status/{run_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("CancelRun")]
    public static Task CancelRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/cancel/{run_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ListRuns")]
    public static Task ListRuns(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("PurgeRun")]
    public static Task PurgeRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/agents/runs/{run_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("WatchRunEvents")]
    public static Task WatchRunEvents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs/{run_id}/events")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetRunMessages")]
    public static Task GetRunMessages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs/{run_id}/messages")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetRunHistory")]
    public static Task GetRunHistory(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs/{run_id}/history")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("GetRunResult")]
    public static Task GetRunResult(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/agents/runs/{run_id}/result")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("AnswerApproval")]
    public static Task AnswerApproval(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/approvals/{call_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("PostToolOutputs")]
    public static Task PostToolOutputs(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/tool_outputs")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("AnswerReview")]
    public static Task AnswerReview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/reviews/{call_id}")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("SuspendRun")]
    public static Task SuspendRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/suspend")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ResumeRun")]
    public static Task ResumeRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/resume")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("RestartRun")]
    public static Task RestartRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/restart")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);

    [Function("ForkRun")]
    public static Task ForkRun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/agents/runs/{run_id}/fork")] HttpRequest request, [DurableClient] DurableTaskClient durable, FunctionContext function) =>
        function.ServeAsync(request, durable);
}
