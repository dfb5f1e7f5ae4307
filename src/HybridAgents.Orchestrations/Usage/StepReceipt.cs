using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Usage;

/// <summary>The receipts of model steps: one for each execution that came to an end or a rest, counted for the day on which the step began.</summary>
internal static class StepReceipt
{
    /// <summary>What a step's row says that has ended or rests.</summary>
    public static UsageReceipt Of(string tenant, RunRequest request, string runId, StepRow step) => Of(tenant, request, runId, step.RowKey, step.Epoch, step.StartedAt, step.Used);

    public static UsageReceipt Of(string tenant, RunRequest request, string runId, string stepKey, int epoch, DateTimeOffset started, IReadOnlyList<ModelUse> used) => new(
        tenant, DateOnly.FromDateTime(started.UtcDateTime), request.KeyId, request.Agent.AgentId ?? request.Agent.AgentType, $"{runId}|{stepKey}|{epoch}", used);
}
