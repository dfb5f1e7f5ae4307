using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Tests.Support;

/// <summary>Run documents for tests.</summary>
internal static class Views
{
    public const string RunId = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    public static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ToolCall Call = new("call_1", "calculator", """{"expression":"17*23"}""");

    public static IReadOnlyList<StoredMessage> Transcript { get; } =
    [
        new(0, null, Time, Message.User("17*23?")),
        new(1, "msg_1", Time, Message.Assistant(null, [Call])),
        new(2, null, Time, Message.ToolResult(Call, "391")),
    ];

    public static RunView Running(RunStatus status = RunStatus.InProgress) => new()
    {
        RunId = RunId,
        Status = status,
        CreatedAt = 1_700_000_000,
        Agent = new(null, "general"),
        Progress = new(1, 16, "calling_model", "offline", "demo", []),
        Usage = new(1, 2, 3, 0.5m, 1, 0),
        Routing = [],
        LastEvent = 17,
    };

    public static RunView Completed() => Running(RunStatus.Completed) with
    {
        CompletedAt = 1_700_000_005,
        Result = new(Message.Assistant("391"), "stop", $"/api/v1/agents/runs/{RunId}/messages"),
    };

    public static RunEvent Event(long sequence, string type, string data = "{}") => new(sequence, type, RunId, Time, JsonElement.Parse(data));
}
