using System.Globalization;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Ids of the calls that steps make: the step, then what tells the call from others of it. Steps' ids have no dots.</summary>
internal static class StepCall
{
    private const string Pause = "pause";

    /// <summary>The id of a call; the step's own id for the first one of a run that a caller started.</summary>
    public static string IdOf(string step, RunRow run, int turn, bool first, bool pause) => string.Create(
        CultureInfo.InvariantCulture, $"{step}{(run.RootId is null ? "" : $".{run.Id[^8..].ToLowerInvariant()}")}{(first ? "" : $".{turn}")}{(pause ? $".{Pause}" : "")}");

    /// <summary>The step that makes a call.</summary>
    public static string StepOf(string callId) => callId.Split('.', 2)[0];

    /// <summary>Whether a call is the pause before another attempt.</summary>
    public static bool IsPause(string callId) => callId.EndsWith($".{Pause}", StringComparison.Ordinal);
}
