using System.Text.Json;

namespace HybridAgents.Core.Runs;

/// <summary>One entry of a run's event log.</summary>
/// <param name="Sequence">1-based, without gaps.</param>
/// <param name="Type">One of <see cref="RunEventTypes"/>.</param>
/// <param name="RunId">The run.</param>
/// <param name="Time">When it happened, UTC.</param>
/// <param name="Data">The type's own fields: a JSON object, merged into the event on the wire.</param>
public sealed record RunEvent(long Sequence, string Type, string RunId, DateTimeOffset Time, JsonElement Data);

/// <summary>The stable names of events.</summary>
public static class RunEventTypes
{
    public const string RunCreated = "run.created";
    public const string RunStarted = "run.started";
    public const string TurnStarted = "turn.started";
    public const string RouteDecided = "route.decided";
    public const string ModelStarted = "model.started";
    public const string ModelWaiting = "model.waiting";
    public const string MessageDelta = "message.delta";
    public const string MessageReset = "message.reset";
    public const string MessageCompleted = "message.completed";
    public const string ToolStarted = "tool.started";
    public const string ToolCompleted = "tool.completed";
    public const string ApprovalRequested = "approval.requested";
    public const string ApprovalResolved = "approval.resolved";
    public const string ReviewRequested = "review.requested";
    public const string ReviewResolved = "review.resolved";
    public const string ActionRequired = "action.required";
    public const string AgentStarted = "agent.started";
    public const string AgentCompleted = "agent.completed";
    public const string JobProgress = "job.progress";
    public const string BudgetWarning = "budget.warning";
    public const string RunSuspended = "run.suspended";
    public const string RunResumed = "run.resumed";
    public const string RunCancelling = "run.cancelling";
    public const string RunCompleted = "run.completed";
    public const string RunFailed = "run.failed";
    public const string RunCancelled = "run.cancelled";

    /// <summary>Whether nothing follows an event of this type.</summary>
    public static bool IsTerminal(string type) => type is RunCompleted or RunFailed or RunCancelled;
}
