using HybridAgents.Durable;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Webhooks;

/// <summary>Delivers a run's webhook: about ten attempts in an hour, then it is given up. A run that ends by itself does this last; for one that was ended from outside, an instance of its own does.</summary>
internal sealed class WebhookDelivery : Orchestrator<WebhookInput, WebhookOutput>
{
    public const string Orchestrator = "DeliverWebhook";
    public const string Version = "1";
    public const string Activity = "SendWebhook";

    private static readonly RetryPolicy Retry = new(10, TimeSpan.FromSeconds(1), 3, TimeSpan.FromMinutes(15));

    public override Task<WebhookOutput> RunAsync(OrchestrationContext context, WebhookInput input) => DeliverAsync(context, input.RunId);

    /// <summary>The instance that delivers for a run which cannot do it itself.</summary>
    public static string InstanceOf(string runId) => $"{runId}:webhook";

    /// <summary>Delivers from within an orchestrator. Never fails: a run is as it is, whether somebody was told or not.</summary>
    public static async Task<WebhookOutput> DeliverAsync(OrchestrationContext context, string runId)
    {
        try
        {
            return await context.CallActivityAsync<WebhookOutput>(Activity, new WebhookInput(runId), new("end/webhook/0", Retry));
        }
        catch (TaskFailedException failure)
        {
            WebhookLog.GivenUp(context.CreateReplaySafeLogger("HybridAgents.Orchestrations.Webhooks"), runId, failure.FailureDetails.ErrorMessage);
            return new(Delivered: false);
        }
    }
}

/// <summary>Log messages of webhooks. An address may hold a secret: it is never logged.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "The webhook of {RunId} was given up: {Reason}")]
    public static partial void GivenUp(ILogger logger, string runId, string reason);
}
