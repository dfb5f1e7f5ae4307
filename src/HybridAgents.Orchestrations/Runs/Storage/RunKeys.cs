using System.Globalization;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Table names and key formats: the only place that knows them. A run's partition is its id.</summary>
internal static class RunKeys
{
    public const string Runs = "runs";
    public const string Index = "runindex";
    public const string Idempotency = "idempotency";

    /// <summary>The run row.</summary>
    public const string Run = "r";

    public const string RequestPrefix = "q|";
    public const string MessagePrefix = "m|";
    public const string EventPrefix = "e|";
    public const string StepPrefix = "s|";

    /// <summary>Keys below this one are events.</summary>
    public const string EventEnd = "e}";

    public static string Request(int chunk) => string.Create(CultureInfo.InvariantCulture, $"{RequestPrefix}{chunk:D4}");

    /// <summary>An event row, by the sequence of its first event.</summary>
    public static string Event(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{EventPrefix}{sequence:D20}");

    public static long EventSequence(string rowKey) => long.Parse(rowKey.AsSpan(EventPrefix.Length), CultureInfo.InvariantCulture);

    /// <summary>All messages from a turn on.</summary>
    public static string MessagesOf(int turn) => string.Create(CultureInfo.InvariantCulture, $"{MessagePrefix}{turn:D6}|");

    /// <summary>The turn of a message, from its key.</summary>
    public static int TurnOfMessage(string rowKey) => int.Parse(rowKey.AsSpan(MessagePrefix.Length, 6), CultureInfo.InvariantCulture);

    /// <summary>The assistant's message of a turn; the results of its calls follow it in order.</summary>
    public static string AssistantMessage(int turn) => $"{MessagesOf(turn)}0000";

    public static string ToolMessage(int turn, int index) => string.Create(CultureInfo.InvariantCulture, $"{MessagesOf(turn)}{index + 1:D4}");

    public static string StepsOf(int turn) => string.Create(CultureInfo.InvariantCulture, $"{StepPrefix}{turn:D6}|");

    public static string ModelStep(int turn) => $"{StepsOf(turn)}model";

    public static string ToolStep(int turn, int index) => string.Create(CultureInfo.InvariantCulture, $"{StepsOf(turn)}tool|{index:D4}");

    /// <summary>A chunk of a tool's full output, where the transcript holds a shortened one.</summary>
    public static string ToolOutput(int turn, int index, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{ToolOutput(turn, index)}{chunk:D4}");

    /// <summary>What the keys of all chunks of a tool's full output begin with.</summary>
    public static string ToolOutput(int turn, int index) => string.Create(CultureInfo.InvariantCulture, $"o|{turn:D6}|{index:D4}|");

    /// <summary>An answer from outside; a call that needs a second review gets a second <paramref name="round"/>.</summary>
    public static string Mail(string kind, string callId, int round) => string.Create(CultureInfo.InvariantCulture, $"x|{kind}|{callId}|{round}");

    /// <summary>A step's name outside: <c>2/model/0</c>, <c>2/tool/1</c>.</summary>
    public static string ModelStepName(int turn) => string.Create(CultureInfo.InvariantCulture, $"{turn}/model/0");

    public static string WorkflowStepName(int turn) => string.Create(CultureInfo.InvariantCulture, $"{turn}/workflow/0");

    public static string ToolStepName(int turn, int index) => string.Create(CultureInfo.InvariantCulture, $"{turn}/tool/{index}");

    /// <summary>The id that a turn's message has in events and in the transcript.</summary>
    public static string MessageId(string runId, int turn) => string.Create(CultureInfo.InvariantCulture, $"msg_{runId.AsSpan("run_".Length)}_{turn}");
}
