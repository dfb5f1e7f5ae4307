namespace HybridAgents.Durable;

/// <summary>What is known of a failed activity or orchestration, in a form that survives storage.</summary>
/// <param name="ErrorType">Full name of the exception's type.</param>
/// <param name="ErrorMessage">The exception's message. It may be shown to callers of the engine's client: put no secret there.</param>
/// <param name="StackTrace">Where it was thrown, when known.</param>
/// <param name="InnerFailure">The cause, when there is one.</param>
/// <param name="IsNonRetriable">Whether a retry cannot help, whatever the policy says.</param>
public sealed record TaskFailureDetails(
    string ErrorType, string ErrorMessage, string? StackTrace = null, TaskFailureDetails? InnerFailure = null, bool IsNonRetriable = false)
{
    /// <summary>Describes <paramref name="exception"/>; the details of a failed task are kept as its inner failure.</summary>
    public static TaskFailureDetails From(Exception exception) => new(
        exception.GetType().FullName ?? exception.GetType().Name,
        exception.Message,
        exception.StackTrace,
        exception is TaskFailedException task ? task.FailureDetails : exception.InnerException is { } inner ? From(inner) : null,
        exception is NonRetriableException);

    /// <summary>Whether the failure was caused by an exception of type <typeparamref name="T"/> (exact type).</summary>
    public bool IsCausedBy<T>() where T : Exception => ErrorType == typeof(T).FullName;
}
