using HybridAgents.Durable;

namespace HybridAgents.Functions.Durable;

/// <summary>The input of every orchestrator function.</summary>
/// <param name="Input">The orchestrator's input.</param>
/// <param name="TraceParent">W3C trace context.</param>
/// <param name="Cancel">The cancel request, where an earlier generation or the parent had one.</param>
/// <param name="Version">The version to run; null for the one in the function's name.</param>
/// <param name="Parked">Whether that version was missing when it was last looked for.</param>
/// <param name="Unread">Events that the framework has handed over and that nobody has read, oldest first; null for none.</param>
internal sealed record OrchestrationEnvelope(
    Payload Input, string? TraceParent = null, CancelRequest? Cancel = null, string? Version = null, bool Parked = false, IReadOnlyList<UnreadEvent>? Unread = null);

/// <summary>An event that came to a waiter after its time-out.</summary>
internal sealed record UnreadEvent(string Name, Payload Value);

/// <summary>The input of every activity function.</summary>
/// <param name="InstanceId">The calling instance.</param>
/// <param name="Key">Idempotency key.</param>
/// <param name="Attempt">1-based attempt.</param>
/// <param name="TraceParent">W3C trace context.</param>
/// <param name="AfterCancel">Whether the caller knew of its cancel: then the activity is part of the end, and its token does not fire.</param>
/// <param name="Payload">The activity's input.</param>
internal sealed record ActivityCall(string InstanceId, string Key, int Attempt, string? TraceParent, bool AfterCancel, Payload Payload);

/// <summary>The result of every activity function. A failure is a result too, so that its details arrive as they were.</summary>
/// <param name="Result">The activity's result.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Interrupted">Whether the host stopped meanwhile: the same attempt is to run again.</param>
/// <param name="Cancel">The instance's cancel request, if it came meanwhile: makes up for an event that was lost.</param>
internal sealed record ActivityOutcome(Payload Result = default, TaskFailureDetails? Failure = null, bool Interrupted = false, CancelRequest? Cancel = null);

/// <summary>Ends an orchestration as failed. The framework keeps type and message of an exception; the message is the failure's JSON, so nothing of it is lost.</summary>
internal sealed class RecordedFailureException(TaskFailureDetails failure) : Exception(Payload.From(failure).ToString())
{
    /// <summary>The failure as the model describes it.</summary>
    public static TaskFailureDetails Read(Microsoft.DurableTask.TaskFailureDetails details)
    {
        if (details.ErrorType == typeof(RecordedFailureException).FullName)
            return new Payload(System.Text.Encoding.UTF8.GetBytes(details.ErrorMessage)).As<TaskFailureDetails>()!;
        return new(
            details.ErrorType, details.ErrorMessage, details.StackTrace, details.InnerFailure is { } inner ? Read(inner) : null,
            details.ErrorType == typeof(NonRetriableException).FullName);
    }
}
