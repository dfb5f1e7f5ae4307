using System.Text.Json.Serialization;

namespace HybridAgents.Core.Runs;

/// <summary>Where a run stands, as clients see it.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RunStatus>))]
public enum RunStatus
{
    Queued,
    InProgress,
    RequiresAction,
    Suspended,
    Cancelling,
    Cancelled,
    Completed,
    Failed,
}

/// <summary>Questions about statuses.</summary>
public static class RunStatusExtensions
{
    /// <summary>Whether the run has ended.</summary>
    public static bool IsTerminal(this RunStatus status) => status is RunStatus.Cancelled or RunStatus.Completed or RunStatus.Failed;
}
