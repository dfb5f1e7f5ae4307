using System.Text.Json;
using System.Text.Json.Serialization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Usage;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Agent runs as the HTTP API needs them. Every call sees only the caller's tenant: another tenant's run is as absent as one that never was.</summary>
public interface IAgentRuns
{
    /// <summary>Accepts a run. When the task ends, run and request are durable.</summary>
    /// <exception cref="Durable.EngineBusyException">No new work is taken now.</exception>
    Task<RunStart> StartAsync(RunRequest request, RunCaller caller, IdempotencyToken? idempotency, CancellationToken cancellationToken);

    /// <summary>
    /// The request to start with for the same run once more, or for one that goes on from <paramref name="throughTurn"/>: the transcript up to that turn is then its messages,
    /// and its label is the run's own, which only ever rises.
    /// </summary>
    /// <param name="runId">The run, ended or not.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="throughTurn">The last turn to take over, 0 for the request's messages only; null for the request as it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<RunSource> GetSourceAsync(string runId, RunCaller caller, int? throughTurn, CancellationToken cancellationToken);

    /// <summary>Reads a run; null if there is none.</summary>
    Task<RunView?> GetAsync(string runId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Reads a run, waiting up to <paramref name="wait"/> for its status to differ from what it is now; returns at once when it has ended.</summary>
    Task<RunView?> WaitAsync(string runId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Lists runs, newest first. A page may be short; the cursor says whether more may follow.</summary>
    /// <exception cref="ArgumentException">The cursor is not one that a listing returned.</exception>
    Task<RunPage> ListAsync(RunQuery query, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Asks a run and its sub-runs to stop; in-flight calls are aborted. Null if there is no such run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="reason">At most 1,000 characters.</param>
    /// <param name="force">Ends it at once instead of letting it finish in order.</param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    Task<CancelResult?> CancelAsync(string runId, RunCaller caller, string? reason, bool force, CancellationToken cancellationToken);

    /// <summary>Follows a run's events after <paramref name="startingAfter"/>, in order without gaps, durable ones only; ends after the terminal event.</summary>
    IAsyncEnumerable<RunEvent> WatchAsync(string runId, RunCaller caller, long startingAfter, CancellationToken cancellationToken);

    /// <summary>The transcript; null if there is no such run.</summary>
    Task<IReadOnlyList<StoredMessage>?> GetMessagesAsync(string runId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>What the run did, step by step; null if there is no such run.</summary>
    Task<IReadOnlyList<StepView>?> GetHistoryAsync(string runId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Removes an ended run and all its data.</summary>
    Task<PurgeResult> PurgeAsync(string runId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Answers what a run waits for: an approval, a client-side tool's output, or a review. The first answer stands.</summary>
    Task<AnswerResult> AnswerAsync(string runId, RunCaller caller, RunAnswer answer, CancellationToken cancellationToken);

    /// <summary>Stops a run from going on until it is resumed; false if its state does not allow that, null if there is no such run.</summary>
    Task<bool?> SuspendAsync(string runId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Lets a suspended run go on; false if it is not suspended, null if there is no such run.</summary>
    Task<bool?> ResumeAsync(string runId, RunCaller caller, CancellationToken cancellationToken);
}

/// <summary>Whose call it is.</summary>
/// <param name="Tenant">What the data belongs to.</param>
/// <param name="KeyId">The API key's id; scopes idempotency keys.</param>
/// <param name="Role">What the key may do: its runs use no tool that asks for more.</param>
/// <param name="Budget">What the key may spend; null for no bound.</param>
public sealed record RunCaller(string Tenant, string KeyId, ToolRole Role = ToolRole.User, Budget? Budget = null)
{
    /// <summary>Gets the budgets that the caller's calls are paid from; empty when nobody counts.</summary>
    public IReadOnlyList<BudgetAccount> Accounts => Budget is null ? [] : [BudgetAccount.OfKey(KeyId, Budget)];
}

/// <summary>What makes a repeated request the same one.</summary>
/// <param name="Key">The caller's key, 1 to 255 visible ASCII characters.</param>
/// <param name="Route">The route it was used on.</param>
/// <param name="BodyHash">SHA-256 of the raw body, lower-case hex.</param>
public sealed record IdempotencyToken(string Key, string Route, string BodyHash);

/// <summary>The outcome of a start.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Run">The run, new or replayed; null when there is none to show.</param>
/// <param name="Exhausted">The budget of which nothing is left; null unless that is why there is no run.</param>
public sealed record RunStart(RunStartOutcome Outcome, RunView? Run, BudgetAccount? Exhausted = null);

/// <summary>What a start came to.</summary>
public enum RunStartOutcome
{
    /// <summary>A new run was accepted.</summary>
    Started,

    /// <summary>The same request was accepted before: its run.</summary>
    Replayed,

    /// <summary>The key was used with another body.</summary>
    KeyReused,

    /// <summary>A request with this key is being accepted right now.</summary>
    InProgress,

    /// <summary>Nothing is left of the caller's budget, or of the agent's: no run was made.</summary>
    BudgetExhausted,

    /// <summary>There is no such conversation.</summary>
    NoConversation,

    /// <summary>Another turn has the conversation.</summary>
    ConversationBusy,

    /// <summary>As many turns wait for the conversation as may.</summary>
    ConversationQueueFull,
}

/// <summary>What a new run can be made from.</summary>
/// <param name="Outcome">Whether there is something.</param>
/// <param name="Request">The request; null unless found.</param>
public sealed record RunSource(RunSourceOutcome Outcome, RunRequest? Request = null);

/// <summary>Whether a run can be made from another.</summary>
public enum RunSourceOutcome
{
    Found,

    /// <summary>There is no such run.</summary>
    NoRun,

    /// <summary>The run has not come to that turn.</summary>
    NoTurn,

    /// <summary>The turn lacks results of its tool calls.</summary>
    OpenTurn,

    /// <summary>It is a workflow's run, which can be restarted as a whole only.</summary>
    Workflow,
}

/// <summary>A run's status document, field by field as the HTTP contract has it.</summary>
public sealed record RunView
{
    public required string RunId { get; init; }
    public string Object { get; init; } = "agent.run";
    public required RunStatus Status { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long CreatedAt { get; init; }
    public long? StartedAt { get; init; }
    public long? CompletedAt { get; init; }
    public required AgentView Agent { get; init; }

    /// <summary>The conversation that it is a turn of; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ConversationId { get; init; }

    /// <summary>The run that started this one; absent for a run that a caller started.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ParentRunId { get; init; }

    /// <summary>The branches from the root to this run, with slashes between; absent for a root.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    /// <summary>The workflow that is run; absent for an agent's run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkflowView? Workflow { get; init; }
    public required ProgressView Progress { get; init; }
    public required UsageView Usage { get; init; }
    public required IReadOnlyList<RoutingView> Routing { get; init; }
    public RequiredActionView? RequiredAction { get; init; }
    public ResultView? Result { get; init; }
    public RunError? Error { get; init; }
    public JsonElement? Metadata { get; init; }

    /// <summary>Sequence of the newest event.</summary>
    public required long LastEvent { get; init; }
}

/// <summary>Which agent runs.</summary>
/// <param name="AgentId">A stored agent's id.</param>
/// <param name="AgentType">The type.</param>
/// <param name="AgentVersion">The stored agent's version when the run was accepted; absent without one.</param>
public sealed record AgentView(
    string? AgentId, string AgentType, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AgentVersion = null);

/// <summary>Which workflow is run, and where it stands.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Version">Its version when the run was accepted.</param>
/// <param name="Steps">The steps that are under way in this run; those inside of a parallel step are its sub-runs'.</param>
public sealed record WorkflowView(string WorkflowId, int Version, IReadOnlyList<CurrentStepView> Steps);

/// <summary>A step that is under way.</summary>
/// <param name="Step">Its id.</param>
/// <param name="CallId">The call that carries it out.</param>
/// <param name="Status"><c>running</c> or <c>waiting</c>.</param>
/// <param name="WaitsFor"><c>approval</c>, <c>review</c>, <c>event</c> or <c>timer</c>; null while it does not wait.</param>
/// <param name="Until">When the wait ends by itself, UTC.</param>
public sealed record CurrentStepView(string Step, string CallId, string Status, string? WaitsFor, DateTimeOffset? Until);

/// <summary>What the run is doing.</summary>
/// <param name="Turn">1-based; 0 before the first.</param>
/// <param name="MaxTurns">The most turns.</param>
/// <param name="Activity"><c>queued</c>, <c>planning</c>, <c>calling_model</c>, <c>running_tools</c>, <c>waiting</c>, <c>waiting_for_provider</c>, <c>finished</c>.</param>
/// <param name="Provider">The provider in use.</param>
/// <param name="Model">The model in use.</param>
/// <param name="ToolsRunning">Names of the tools that run now.</param>
public sealed record ProgressView(int Turn, int MaxTurns, string Activity, string? Provider, string? Model, IReadOnlyList<string> ToolsRunning)
{
    /// <summary>The sub-runs, all levels, in the order of their starts.</summary>
    public IReadOnlyList<SubRunView> Agents { get; init; } = [];
}

/// <summary>A sub-run, seen from above.</summary>
/// <param name="RunId">Its run, whose status, events and messages are there to be read.</param>
/// <param name="Path">The branches down to it, with slashes between.</param>
/// <param name="Agent">Its name among its siblings.</param>
/// <param name="AgentType">Its type.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Activity">What it is doing.</param>
/// <param name="Turn">Its turn.</param>
/// <param name="Provider">The provider in use.</param>
/// <param name="Model">The model in use.</param>
public sealed record SubRunView(
    string RunId, string Path, string Agent, string AgentType, RunStatus Status, string Activity, int Turn, string? Provider, string? Model);

/// <summary>What a run has used, sub-runs included.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Both.</param>
/// <param name="CostUsd">What they cost.</param>
/// <param name="ModelCalls">Calls of models.</param>
/// <param name="ToolCalls">Calls of tools.</param>
/// <param name="EstimatedSavingsUsd">What the tokens of local models would have cost at their counterparts in the cloud.</param>
public sealed record UsageView(long PromptTokens, long CompletionTokens, long TotalTokens, decimal CostUsd, int ModelCalls, int ToolCalls, decimal EstimatedSavingsUsd = 0);

/// <summary>How one turn was routed.</summary>
public sealed record RoutingView(int Turn, string? Provider, string? Model, RoutingMetricsView RoutingMetrics, IReadOnlyList<AttemptView> Attempts);

/// <summary>Why.</summary>
/// <param name="ComplexityScore">0 to 1.</param>
/// <param name="PrivacyImpact"><c>low</c> (standard), <c>high</c> (private) or <c>max</c> (local_only).</param>
/// <param name="DecisionFactors">Stable codes.</param>
/// <param name="Rejected">Candidates left out, with the reason of each.</param>
/// <param name="PriceTableVersion">The version of the prices that were compared.</param>
public sealed record RoutingMetricsView(
    double ComplexityScore, string PrivacyImpact, IReadOnlyList<string> DecisionFactors, IReadOnlyList<Core.Routing.RoutingRejection> Rejected, string PriceTableVersion);

/// <summary>One attempt at a model call.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Attempt">1-based within the turn.</param>
/// <param name="Outcome"><c>ok</c>, <c>cancelled</c>, <c>interrupted</c> or a fault such as <c>timeout</c>.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="DurationMs">How long it took.</param>
public sealed record AttemptView(string Provider, string Model, int Attempt, string Outcome, string? Message, long DurationMs);

/// <summary>What a person or client must answer.</summary>
/// <param name="Type"><c>approval</c>, <c>tool_outputs</c> or <c>review</c>.</param>
/// <param name="Calls">The calls it is about.</param>
public sealed record RequiredActionView(string Type, IReadOnlyList<RequiredCallView> Calls);

public sealed record RequiredCallView(string CallId, string? Path, string Tool, JsonElement Arguments, DateTimeOffset? ExpiresAt);

public sealed record ResultView(Message? Message, string FinishReason, string MessagesUrl);

public sealed record RunPage(IReadOnlyList<RunView> Runs, string? Cursor);

/// <summary>Which runs a list returns.</summary>
public sealed record RunQuery
{
    public RunStatus? Status { get; init; }
    public string? AgentType { get; init; }
    public string? SessionId { get; init; }
    public string? WorkflowId { get; init; }
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>1 to 100; 20 by default.</summary>
    public int Limit { get; init; } = 20;
    public string? Cursor { get; init; }
}

/// <summary>The outcome of a cancel.</summary>
/// <param name="Run">The run as it is now.</param>
/// <param name="AlreadyTerminal">Whether it had ended: nothing was changed.</param>
public sealed record CancelResult(RunView Run, bool AlreadyTerminal);

/// <summary>A message of the transcript.</summary>
/// <param name="Index">0-based position.</param>
/// <param name="MessageId">The id that deltas carried; null on messages of the request.</param>
/// <param name="CreatedAt">When it was stored, UTC.</param>
/// <param name="Message">The message.</param>
public sealed record StoredMessage(int Index, string? MessageId, DateTimeOffset CreatedAt, Message Message);

/// <summary>One durable step.</summary>
/// <param name="Step">Such as <c>2/model/0</c>.</param>
/// <param name="Kind"><c>model</c> (the plan of the turn included), <c>workflow</c> (the decision what comes next) or <c>tool</c>.</param>
/// <param name="Name">The model, the workflow's step or the tool.</param>
/// <param name="Attempt">How many times it was begun.</param>
/// <param name="StartedAt">When it was first begun, UTC.</param>
/// <param name="EndedAt">When its receipt was written, or its run ended without it, UTC; null while it is open.</param>
/// <param name="Outcome"><c>ok</c>, <c>error</c>, <c>timeout</c>, <c>cancelled</c>; while it is open <c>running</c> or <c>waiting</c>.</param>
public sealed record StepView(string Step, string Kind, string? Name, int Attempt, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Outcome);

/// <summary>What a purge came to.</summary>
public enum PurgeResult
{
    Purged,
    NotFound,
    NotTerminal,

    /// <summary>It is a sub-run: it goes with its root.</summary>
    PartOfAnother,
}

/// <summary>An answer from outside.</summary>
public abstract record RunAnswer(string CallId)
{
    /// <summary>A person agrees or refuses.</summary>
    public sealed record Approval(string CallId, bool Approved, string? Comment) : RunAnswer(CallId);

    /// <summary>The client ran a tool of its own.</summary>
    public sealed record ToolOutput(string CallId, string Output, bool IsError) : RunAnswer(CallId);

    /// <summary>A person settles an effect of which nobody knows whether it happened.</summary>
    /// <param name="CallId">The call.</param>
    /// <param name="Decision"><c>done</c>, <c>retry</c> or <c>fail</c>.</param>
    /// <param name="Output">The tool's result, with <c>done</c>.</param>
    public sealed record Review(string CallId, string Decision, string? Output) : RunAnswer(CallId);
}

/// <summary>What an answer came to.</summary>
public enum AnswerResult
{
    /// <summary>Taken, or the same as the one taken before.</summary>
    Accepted,

    /// <summary>A different answer was taken before.</summary>
    Conflict,

    /// <summary>No such run, or it has no such call.</summary>
    NotFound,

    /// <summary>The run has ended.</summary>
    Ended,
}
