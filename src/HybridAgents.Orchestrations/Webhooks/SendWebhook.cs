using HybridAgents.Core.Privacy;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Webhooks;

/// <summary>Input of <see cref="SendWebhook"/> and of the orchestrator that only calls it.</summary>
internal sealed record WebhookInput(string RunId);

/// <summary>Output of both; what came of it is logged.</summary>
internal sealed record WebhookOutput(bool Delivered);

/// <summary>One attempt to tell the address in the request that its run has ended. Executed again after a crash it says the same again, under the same key.</summary>
internal sealed class SendWebhook(ITableStore tables, RunRequests requests, PrivacyGate gate, WebhookClient client) : Activity<WebhookInput, WebhookOutput>
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<WebhookOutput> RunAsync(ActivityContext context, WebhookInput input)
    {
        CancellationToken cancellation = context.CancellationToken;
        if (await _table.GetAsync(input.RunId, RunKeys.Run, cancellation) is not { } row || new RunRow(row) is not { EndedAt: { } ended } run
            || (await requests.GetAsync(input.RunId, cancellation))?.WebhookUrl is not { } url)
            return new(Delivered: false);
        requests.Forget(input.RunId);

        // Nothing in the message comes from outside the binary: whatever the run's label, the message's own is the lowest.
        WebhookMessage message = WebhookMessage.Of(run.Id, run.Status, ended);
        Clearance<WebhookMessage> clearance = gate.Clear(message, [], PrivacyLabel.Standard, new($"webhook:{url.Host}", Locality.Cloud), cloudPrivateConsent: false);
        await client.PostAsync(url, clearance.Cleared ?? throw new NonRetriableException("Webhooks may not leave this host."), cancellation);
        return new(Delivered: true);
    }
}
