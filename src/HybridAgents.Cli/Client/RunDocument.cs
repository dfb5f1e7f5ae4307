using System.Text.Json;

namespace HybridAgents.Cli.Client;

/// <summary>A run's status document as the server sent it, and what the commands read of it.</summary>
/// <param name="Json">The document, unchanged.</param>
internal sealed record RunDocument(JsonElement Json)
{
    public string Id => Json.Text("run_id") ?? "";

    public string Status => Json.Text("status") ?? "unknown";

    public bool IsTerminal => Status is "completed" or "failed" or "cancelled";

    /// <summary>Gets whether only an answer from outside lets the run go on.</summary>
    public bool RequiresAction => Status == "requires_action";

    /// <summary>Gets the final answer; null before the end, and when there is none.</summary>
    public string? Answer => Json.Text("result", "message", "content");

    public string? ErrorCode => Json.Text("error", "code");

    public string? ErrorMessage => Json.Text("error", "message");

    /// <summary>Gets the sequence of the newest event.</summary>
    public long LastEvent => Json.Integer("last_event") ?? 0;

    /// <summary>Gets what a command that waited for the run ends with.</summary>
    public int ExitCode => Status switch
    {
        "completed" => ExitCodes.Ok,
        "failed" => ExitCodes.OfRunError(ErrorCode),
        _ => ExitCodes.Failure,
    };
}
