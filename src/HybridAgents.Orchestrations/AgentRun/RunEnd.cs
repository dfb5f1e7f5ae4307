using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>How a run's end is written: the terminal event and the run row's last change, always in one batch.</summary>
internal static class RunEnd
{
    /// <summary>The terminal event.</summary>
    public static EventDraft Event(FinalizeInput end) => end.Status switch
    {
        RunStatus.Completed => new(RunEventTypes.RunCompleted, new { status = end.Status, finish_reason = end.FinishReason }),
        RunStatus.Cancelled => new(RunEventTypes.RunCancelled, new { status = end.Status, reason = end.Reason }),
        RunStatus.Failed => new(RunEventTypes.RunFailed, new { status = end.Status, error = end.Error }),
        _ => throw new ArgumentOutOfRangeException(nameof(end), end.Status, "Only a terminal status ends a run."),
    };

    /// <summary>Adds the end to a change of the run row.</summary>
    /// <param name="patch">The change.</param>
    /// <param name="end">The end.</param>
    /// <param name="terminalEvent">Sequence of the terminal event.</param>
    /// <param name="now">When it ended, UTC.</param>
    public static TableRow Apply(TableRow patch, FinalizeInput end, long terminalEvent, DateTimeOffset now) => patch
        .Set(RunRow.StatusName, end.Status.ToString())
        .Set(RunRow.ActivityName, "finished")
        .Set(RunRow.EndedName, now)
        .Set(RunRow.TurnName, end.Turn)
        .Set(RunRow.FinishReasonName, end.FinishReason)
        .Set(RunRow.ErrorName, end.Error is null ? null : StepRow.Json(end.Error))
        .Set(RunRow.LastEventName, terminalEvent);
}
