using System.Diagnostics.Metrics;
using HybridAgents.Core.Runs;

namespace HybridAgents.Orchestrations;

/// <summary>Names of the metrics of runs; those of model calls and tokens are the providers'. Counts only, never content or tenants.</summary>
public static class RunTelemetry
{
    /// <summary>The name of the meter.</summary>
    public const string SourceName = "HybridAgents.Runs";

    private static readonly Meter Meter = new(SourceName);

    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("hybridagents.runs", "{run}", "Runs that reached a status: queued, then one of the ends.");

    private static readonly Histogram<double> ToolDuration =
        Meter.CreateHistogram<double>("hybridagents.tool.duration", "s", "Duration of a tool call, by tool and outcome; refused calls have none.");

    /// <summary>Counts an event that is written.</summary>
    internal static void Written(string eventType)
    {
        if (eventType == RunEventTypes.RunCreated)
            Runs.Add(1, new KeyValuePair<string, object?>("status", "queued"));
        else if (RunEventTypes.IsTerminal(eventType))
            Runs.Add(1, new KeyValuePair<string, object?>("status", eventType["run.".Length..]));
    }

    /// <summary>Records a call of a tool of this server.</summary>
    internal static void ToolEnded(string tool, bool isError, TimeSpan duration) => ToolDuration.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("tool", tool), new KeyValuePair<string, object?>("outcome", isError ? "error" : "ok"));
}
