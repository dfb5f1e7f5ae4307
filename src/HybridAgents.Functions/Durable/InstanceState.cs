using System.Text;
using HybridAgents.Durable;
using Microsoft.DurableTask.Client;

namespace HybridAgents.Functions.Durable;

/// <summary>Translates what Durable Task says of an instance.</summary>
internal static class InstanceState
{
    /// <summary>The state as the model describes it.</summary>
    /// <param name="metadata">With input, output and custom status: the version and whether the instance is parked are in there.</param>
    /// <param name="notes">What the table has of it.</param>
    /// <param name="withPayloads">Whether the state has input and output.</param>
    public static OrchestrationState From(OrchestrationMetadata metadata, InstanceNotes notes, bool withPayloads)
    {
        (string name, string version) = FunctionNames.Parse(metadata.Name);
        OrchestrationEnvelope? envelope = metadata.SerializedInput is { } input ? Read(input).As<OrchestrationEnvelope>() : null;
        OrchestrationStatus status = StatusOf(metadata.RuntimeStatus);
        Payload custom = metadata.SerializedCustomStatus is { } text ? Read(text) : default;
        bool parked = IsParked(metadata);
        if (status is OrchestrationStatus.Pending or OrchestrationStatus.Running && notes.IsSuspended)
            status = OrchestrationStatus.Suspended; // Asked for; the framework gets to it with its next turn.
        return new()
        {
            InstanceId = metadata.InstanceId,
            Name = name,
            Version = envelope?.Version ?? version,
            Status = parked ? OrchestrationStatus.Suspended : status,
            SuspendReason = status == OrchestrationStatus.Suspended ? notes.SuspendReason : parked ? "version_unavailable" : null,
            ParentInstanceId = notes.Start?.ParentId,
            CreatedAt = metadata.CreatedAt,
            LastUpdatedAt = metadata.LastUpdatedAt,
            Cancel = notes.Cancel,
            CustomStatus = parked ? default : custom,
            Input = withPayloads ? envelope?.Input : null,
            Output = withPayloads && status == OrchestrationStatus.Completed && metadata.SerializedOutput is { } output ? Read(output) : null,
            Failure = FailureOf(metadata, status),
        };
    }

    /// <summary>Whether the instance waits for its version.</summary>
    public static bool IsParked(OrchestrationMetadata metadata) =>
        StatusOf(metadata.RuntimeStatus) == OrchestrationStatus.Running && metadata.SerializedCustomStatus is { } text && Read(text) == OrchestratorRunner.ParkedStatus;

    /// <summary>Whether the framework counts the instance among those with <paramref name="status"/>.</summary>
    public static OrchestrationStatus StatusOf(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => OrchestrationStatus.Pending,
        OrchestrationRuntimeStatus.Completed => OrchestrationStatus.Completed,
        OrchestrationRuntimeStatus.Failed => OrchestrationStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => OrchestrationStatus.Terminated,
        OrchestrationRuntimeStatus.Suspended => OrchestrationStatus.Suspended,
        _ => OrchestrationStatus.Running, // Running, and two that the framework no longer uses.
    };

    /// <summary>The framework's name of a status.</summary>
    public static OrchestrationRuntimeStatus RuntimeStatusOf(OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Pending => OrchestrationRuntimeStatus.Pending,
        OrchestrationStatus.Completed => OrchestrationRuntimeStatus.Completed,
        OrchestrationStatus.Failed => OrchestrationRuntimeStatus.Failed,
        OrchestrationStatus.Terminated => OrchestrationRuntimeStatus.Terminated,
        OrchestrationStatus.Suspended => OrchestrationRuntimeStatus.Suspended,
        _ => OrchestrationRuntimeStatus.Running,
    };

    private static TaskFailureDetails? FailureOf(OrchestrationMetadata metadata, OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Failed when metadata.FailureDetails is { } details => RecordedFailureException.Read(details),
        OrchestrationStatus.Failed => new("Failed", "The instance failed."),
        OrchestrationStatus.Terminated => new(
            "Terminated", metadata.SerializedOutput is { } reason ? Read(reason).As<string>()! : "The instance was terminated.", IsNonRetriable: true),
        _ => null,
    };

    private static Payload Read(string json) => new(Encoding.UTF8.GetBytes(json));
}
