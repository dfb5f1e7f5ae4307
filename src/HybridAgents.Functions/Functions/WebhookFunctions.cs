using HybridAgents.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace HybridAgents.Functions;

/// <summary>The delivery of webhooks: its orchestrator, one function a version, and its activity.</summary>
public static class WebhookFunctions
{
    [Function("DeliverWebhook_v1")]
    public static Task<Payload> DeliverWebhookV1([OrchestrationTrigger] TaskOrchestrationContext orchestration, FunctionContext function) => function.RunOrchestratorAsync(orchestration);

    [Function("SendWebhook")]
    public static Task<Payload> SendWebhook([ActivityTrigger] Payload input, FunctionContext function) => function.RunActivityAsync(input);
}
