using HybridAgents.Core.Runs;
using ModelContextProtocol;

namespace HybridAgents.Api.Mcp;

/// <summary>A run's events as MCP progress: the sequence counts, the message says what is done.</summary>
internal static class AgentProgress
{
    /// <summary>The progress that an event is; null for one that is not worth telling.</summary>
    public static ProgressNotificationValue? Of(RunEvent item) => Text(item) is { } text ? new() { Progress = item.Sequence, Message = text } : null;

    private static string? Text(RunEvent item) => item.Type switch
    {
        RunEventTypes.RunCreated => $"Run {item.RunId}",
        RunEventTypes.ModelStarted => $"Asking {item.Data.GetProperty("provider").GetString()}:{item.Data.GetProperty("model").GetString()}",
        RunEventTypes.ToolStarted => $"Running {item.Data.GetProperty("tool").GetString()}",
        RunEventTypes.AgentStarted => $"Working: {item.Data.GetProperty("agent").GetString()}",
        _ => null,
    };
}
