using System.Text.Json.Serialization;
using HybridAgents.Core;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.SubRuns;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Stored names of the orchestrator and its activities.</summary>
internal static class AgentRunNames
{
    public const string Orchestrator = "AgentRun";
    public const string Version = "1";
    public const string PrepareRun = "PrepareRun";
    public const string CallModel = "CallModel";
    public const string ExecuteTool = "ExecuteTool";
    public const string ParkRun = "ParkRun";
    public const string WakeRun = "WakeRun";
    public const string FinalizeRun = "FinalizeRun";
    public const string CloseSubRun = "CloseSubRun";
}

/// <summary>Input of the orchestrator: a reference and the state that a generation hands to the next, never a transcript.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Deadline">When the run times out, UTC; moved by the time spent waiting for a person.</param>
/// <param name="MaxTurns">The most turns.</param>
/// <param name="Turn">The turn that this generation begins with, 1-based.</param>
/// <param name="Label">The run's label so far.</param>
/// <param name="Execution">Tells this execution from any other of the same run; null in the first generation, which makes it.</param>
/// <param name="Webhook">Whether somebody outside is told of the end.</param>
/// <param name="Prepare">Whether something is looked up, or a turn waited for, before the first model call.</param>
/// <param name="Conversation">Whether it is a turn of a conversation, which keeps what comes of it.</param>
/// <param name="Remember">Whether what the user said is remembered when it has ended.</param>
internal sealed record AgentRunInput(
    string RunId, DateTimeOffset Deadline, int MaxTurns, int Turn = 1, PrivacyLabel Label = PrivacyLabel.Standard, string? Execution = null,
    bool Webhook = false, bool Prepare = false, bool Conversation = false, bool Remember = false);

/// <summary>Input of <see cref="Conversations.PrepareRun"/>.</summary>
internal sealed record PrepareInput(string RunId, PrivacyLabel Label);

/// <summary>Input of a model step.</summary>
internal sealed record TurnInput(string RunId, string Execution, int Turn, PrivacyLabel Label, DateTimeOffset Deadline);

/// <summary>How a step ended.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<StepState>))]
internal enum StepState
{
    /// <summary>Done; the run goes on.</summary>
    Done,

    /// <summary>A tool step: an answer from outside is needed first.</summary>
    Waiting,

    /// <summary>A tool step: sub-runs do the work, and must end first.</summary>
    Delegated,

    /// <summary>A model step: every model asks to be left alone for a while, and the step is to be done again after it.</summary>
    Resting,

    /// <summary>The run must fail with the step's error.</summary>
    Failed,

    /// <summary>The run is being cancelled.</summary>
    Cancelled,

    /// <summary>The run's deadline has passed.</summary>
    TimedOut,

    /// <summary>Another execution owns the run, or it has ended: stop without a trace.</summary>
    Lost,
}

/// <summary>Result of a model step.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Label">The run's label now.</param>
/// <param name="Calls">How many tools the model asked for; 0 with <see cref="StepState.Done"/> means that it answered.</param>
/// <param name="Serial">Whether those calls run one after the other.</param>
/// <param name="FinishReason">Why the model stopped.</param>
/// <param name="Closed">Whether the step has written the run's end together with the answer.</param>
/// <param name="Error">Why the run must fail.</param>
/// <param name="ResumeAt">With <see cref="StepState.Resting"/>: when a model may be asked again, UTC; always before the deadline.</param>
internal sealed record TurnResult(
    StepState State, PrivacyLabel Label, int Calls = 0, bool Serial = false, string? FinishReason = null, bool Closed = false, RunError? Error = null, DateTimeOffset? ResumeAt = null);

/// <summary>Input of a tool step.</summary>
internal sealed record ToolInput(string RunId, int Turn, int Index, PrivacyLabel Label, DateTimeOffset Deadline);

/// <summary>Result of a tool step.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Label">The label with the tool's output.</param>
/// <param name="ForPerson">With <see cref="StepState.Waiting"/>: whether a person must answer, not the client.</param>
/// <param name="ExpiresAt">With <see cref="StepState.Waiting"/>: when waiting ends by itself.</param>
/// <param name="Error">Why the run must fail.</param>
/// <param name="SubRuns">With <see cref="StepState.Delegated"/>: who does the work.</param>
/// <param name="MaxConcurrency">With <see cref="StepState.Delegated"/>: how many of them at once; null for all.</param>
internal sealed record ToolResult(
    StepState State, PrivacyLabel Label, bool ForPerson = false, DateTimeOffset? ExpiresAt = null, RunError? Error = null, IReadOnlyList<SubRun>? SubRuns = null,
    int? MaxConcurrency = null);

/// <summary>Input of <see cref="SubRuns.CloseSubRun"/>.</summary>
/// <param name="RunId">The sub-run.</param>
/// <param name="Unstarted">Whether nobody has driven it, and nobody will.</param>
internal sealed record CloseSubRunInput(string RunId, bool Unstarted = false);

/// <summary>Input of <see cref="ParkRun"/>.</summary>
internal sealed record ParkInput(string RunId, int Turn);

/// <summary>Input of <see cref="WakeRun"/>.</summary>
internal sealed record WakeInput(string RunId);

/// <summary>Input of <see cref="FinalizeRun"/>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">The terminal status.</param>
/// <param name="Turn">The turn whose message, whole or partial, is the result.</param>
/// <param name="FinishReason">Why the model stopped, where it did.</param>
/// <param name="Error">Why the run failed.</param>
/// <param name="Reason">Why it was cancelled, in the caller's words.</param>
internal sealed record FinalizeInput(string RunId, RunStatus Status, int Turn, string? FinishReason = null, RunError? Error = null, string? Reason = null);

/// <summary>Output of the orchestrator; what the run came to is in its rows.</summary>
/// <param name="State">How it ended, for people.</param>
/// <param name="Deadline">The run's deadline as it was moved by waiting for people; null where nobody asks.</param>
internal sealed record AgentRunOutput(string State, DateTimeOffset? Deadline = null)
{
    public static readonly AgentRunOutput Lost = new("lost"), Continued = new("continued");

    /// <summary>Gets whether this instance has ended the run.</summary>
    [JsonIgnore]
    public bool Ended => State is not ("lost" or "continued");
}
