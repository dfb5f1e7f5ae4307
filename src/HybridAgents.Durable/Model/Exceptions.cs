namespace HybridAgents.Durable;

/// <summary>Thrown into an orchestrator when an activity or a sub-orchestration that it awaits has failed for good.</summary>
public sealed class TaskFailedException(string taskName, TaskFailureDetails details)
    : Exception($"Task '{taskName}' failed: {details.ErrorMessage}")
{
    /// <summary>Gets the activity's or orchestrator's name.</summary>
    public string TaskName { get; } = taskName;

    /// <summary>Gets the recorded failure.</summary>
    public TaskFailureDetails FailureDetails { get; } = details;
}

/// <summary>Thrown by an activity when trying again cannot help: the retry policy is not consulted.</summary>
public sealed class NonRetriableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An orchestrator did not repeat its recorded decisions, or awaited something that is not a call of its context.</summary>
/// <remarks>The instance fails; the message names the recorded and the new decision.</remarks>
public sealed class NonDeterminismException(string message) : Exception(message);

/// <summary>A start was refused because an instance with the same id exists.</summary>
public sealed class InstanceAlreadyExistsException(string instanceId) : Exception($"An instance with the id '{instanceId}' already exists.")
{
    /// <summary>Gets the id.</summary>
    public string InstanceId { get; } = instanceId;
}

/// <summary>No instance has the given id.</summary>
public sealed class InstanceNotFoundException(string instanceId) : Exception($"There is no instance with the id '{instanceId}'.")
{
    /// <summary>Gets the id.</summary>
    public string InstanceId { get; } = instanceId;
}

/// <summary>The engine takes no new work now: a queue or the disk is full, or it is stopping. Work already accepted is unharmed.</summary>
public sealed class EngineBusyException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>Gets how long a caller should wait before it tries again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>A value is larger than the model allows; pass a reference to it instead.</summary>
public sealed class PayloadTooLargeException(string what, int size, int limit)
    : Exception($"{what} is {size} bytes; at most {limit} bytes are allowed. Store the value and pass a reference to it.");
