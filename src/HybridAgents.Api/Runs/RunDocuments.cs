using System.Text.Json.Serialization;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Runs;

/// <summary>The answer to a start.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">Where it stands; <c>queued</c> unless the request is a repetition.</param>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="EstimatedCompletionTime">Unix seconds; a rule of thumb for when to look, not a promise.</param>
/// <param name="PollingUrl">Its status.</param>
/// <param name="CancelUrl">Where to cancel it.</param>
/// <param name="EventsUrl">Its events.</param>
public sealed record AcceptedRun(
    string RunId, RunStatus Status, long CreatedAt, long EstimatedCompletionTime, string PollingUrl, string CancelUrl, string EventsUrl)
{
    private const int TypicalSeconds = 18;

    /// <summary>The conversation that it is a turn of; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConversationId { get; init; }

    /// <summary>The same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionId => ConversationId;

    internal static AcceptedRun From(RunView run, RunLimits limits) => new(
        run.RunId, run.Status, run.CreatedAt, run.CompletedAt ?? (run.CreatedAt + Math.Min(TypicalSeconds, limits.TimeoutSeconds)), RunViewLinks.Status(run.RunId),
        RunViewLinks.Cancel(run.RunId), RunViewLinks.Events(run.RunId))
    {
        ConversationId = run.ConversationId,
    };
}

/// <summary>The transcript, oldest first.</summary>
public sealed record MessageList(string RunId, IReadOnlyList<StoredMessage> Messages);

/// <summary>What the run did, step by step.</summary>
public sealed record StepList(string RunId, IReadOnlyList<StepView> Steps);

/// <summary>What came of an ended run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Result">The answer; of a cancelled run what there was of it.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Usage">What it used.</param>
public sealed record RunOutcome(string RunId, RunStatus Status, ResultView? Result, RunError? Error, UsageView Usage);

/// <summary>Answers that a run has taken.</summary>
/// <param name="RunId">The run.</param>
/// <param name="CallIds">The calls that were answered.</param>
/// <param name="PollingUrl">The run's status.</param>
public sealed record AnswersTaken(string RunId, IReadOnlyList<string> CallIds, string PollingUrl);
