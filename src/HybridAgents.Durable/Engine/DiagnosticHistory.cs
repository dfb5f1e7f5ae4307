using System.Globalization;
using HybridAgents.Durable.Engine.Records;

namespace HybridAgents.Durable.Engine;

/// <summary>Turns as entries for people.</summary>
internal static class DiagnosticHistory
{
    public static IReadOnlyList<HistoryEntry> Describe(IEnumerable<TurnRecord> turns)
    {
        List<HistoryEntry> entries = [];
        foreach (TurnRecord turn in turns)
        {
            foreach (HistoryEvent item in turn.Events)
                Add(turn, Describe(item));
            foreach (OrchestratorAction action in turn.Actions)
                Add(turn, Describe(action));
            if (turn.Outcome is { } outcome)
                Add(turn, Describe(outcome));
        }

        return entries;

        void Add(TurnRecord turn, (string Kind, string? Name, int? TaskId, string? Detail) entry) =>
            entries.Add(new(entries.Count + 1, turn.Time, entry.Kind, entry.Name, entry.TaskId, entry.Detail));
    }

    private static (string Kind, string? Name, int? TaskId, string? Detail) Describe(HistoryEvent item) => item switch
    {
        HistoryEvent.ExecutionStarted start => ("execution_started", start.Name, null, $"version {start.Version}, generation {start.Generation}"),
        HistoryEvent.TaskCompleted completed => ("task_completed", null, completed.TaskId, null),
        HistoryEvent.TaskFailed failed => ("task_failed", null, failed.TaskId, failed.Failure.ErrorMessage),
        HistoryEvent.TimerFired fired => ("timer_fired", null, fired.TaskId, null),
        HistoryEvent.EventRaised raised => ("event_raised", raised.Name, null, null),
        HistoryEvent.CancelRequested cancel => ("cancel_requested", null, null, cancel.Reason),
        HistoryEvent.Suspended suspended => ("execution_suspended", null, null, suspended.Reason),
        HistoryEvent.Resumed => ("execution_resumed", null, null, null),
        HistoryEvent.Terminated terminated => ("execution_terminated", null, null, terminated.Reason),
        _ => (item.GetType().Name, null, null, null),
    };

    private static (string Kind, string? Name, int? TaskId, string? Detail) Describe(OrchestratorAction action) => action switch
    {
        OrchestratorAction.ScheduleActivity activity => ("activity_scheduled", activity.Name, activity.TaskId, $"attempt {activity.Attempt}"),
        OrchestratorAction.StartChild child => ("sub_orchestration_started", child.Name, child.TaskId, child.ChildId),
        OrchestratorAction.CreateTimer timer => ("timer_created", null, timer.TaskId, timer.DueAt.ToString("O", CultureInfo.InvariantCulture)),
        OrchestratorAction.CancelTimer => ("timer_cancelled", null, action.TaskId, null),
        _ => (action.GetType().Name, null, action.TaskId, null),
    };

    private static (string Kind, string? Name, int? TaskId, string? Detail) Describe(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Completed => ("execution_completed", null, null, null),
        TurnOutcome.Failed failed => ("execution_failed", null, null, failed.Failure.ErrorMessage),
        TurnOutcome.Terminated => ("execution_ended", null, null, "terminated"),
        TurnOutcome.ContinuedAsNew next => ("continued_as_new", null, null, $"version {next.Version}"),
        _ => (outcome.GetType().Name, null, null, null),
    };
}
