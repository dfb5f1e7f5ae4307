using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Responses;

/// <summary>Ids of responses: those of their runs with another prefix.</summary>
internal static class ResponseId
{
    private const string Prefix = "resp_";
    private const string RunPrefix = "run_";

    public static string Of(string runId) => Prefix + runId[RunPrefix.Length..];

    /// <summary>The run behind a response; null for what cannot be a response's id.</summary>
    public static string? ToRun(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) && RunPrefix + id[Prefix.Length..] is var run && RunId.IsValid(run) ? run : null;

    /// <summary>The id of the message of an attempt at the answer.</summary>
    public static string Message(string runId, int attempt) => $"msg_{runId[RunPrefix.Length..]}_{attempt}";

    /// <summary>The id of the item that holds a tool call.</summary>
    public static string Call(string runId, int index) => $"fc_{runId[RunPrefix.Length..]}_{index}";
}
