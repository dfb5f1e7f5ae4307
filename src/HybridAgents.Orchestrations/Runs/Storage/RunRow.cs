using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.ModelJobs;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>The run row <c>r</c>, read.</summary>
/// <remarks>
/// Writers own disjoint properties, so merges need no ETag: the model step owns progress, label and usage; cancel, suspend and resume own their flags; the end is
/// written once, in the batch of the terminal event. The status that clients see is derived: end, then cancelling, then suspended, then the base status.
/// </remarks>
internal sealed class RunRow(TableRow row)
{
    public const string StatusName = "status";
    public const string ExecutionName = "execution";
    public const string CancellingName = "cancelling";
    public const string SuspendedName = "suspended";
    public const string StartedName = "started";
    public const string TurnName = "turn";
    public const string ActivityName = "activity";
    public const string ProviderName = "provider";
    public const string ModelName = "model";
    public const string LabelName = "label";
    public const string PromptTokensName = "prompt_tokens";
    public const string CompletionTokensName = "completion_tokens";
    public const string EstimatedName = "estimated";
    public const string CostName = "cost_usd";
    public const string SavedName = "saved_usd";
    public const string ModelCallsName = "model_calls";
    public const string ToolCallsName = "tool_calls";
    public const string EndedName = "ended";
    public const string ErrorName = "error";
    public const string FinishReasonName = "finish_reason";
    public const string LastEventName = "last_event";
    public const string WebhookName = "webhook";
    public const string QuestionName = "question";
    public const string HasSubRunsName = "sub_runs";
    public const string UntrustedTurnName = "untrusted_turn";

    public string Id => row.PartitionKey;

    public string Tenant => row.Get<string>("tenant")!;

    public string AgentType => row.Get<string>("agent_type")!;

    public string? AgentId => row.Get<string>("agent_id");

    /// <summary>Gets the stored agent's version; null without one.</summary>
    public int? AgentVersion => row.Properties.ContainsKey("agent_version") ? row.Get<int>("agent_version") : null;

    /// <summary>Gets the workflow that is run; null for an agent's run.</summary>
    public string? WorkflowId => row.Get<string>("workflow");

    /// <summary>Gets its version when the run was accepted.</summary>
    public int WorkflowVersion => row.Get<int>("workflow_version");

    public DateTimeOffset CreatedAt => row.Get<DateTimeOffset>("created");

    public DateTimeOffset Deadline => row.Get<DateTimeOffset>("deadline");

    public int MaxTurns => row.Get<int>("max_turns");

    public JsonElement? Metadata => row.Get<byte[]>("metadata") is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null;

    /// <summary>Gets whether somebody outside is told of the end.</summary>
    public bool HasWebhook => row.Get<bool>(WebhookName);

    /// <summary>Gets the orchestrator of work on a model; null for an agent's run.</summary>
    public string? Job => row.Get<string>("job");

    /// <summary>Gets the run that started this one; null for a run that a caller started.</summary>
    public string? ParentId => row.Get<string>("parent");

    /// <summary>Gets the run that a caller started; null for that run itself.</summary>
    public string? RootId => row.Get<string>("root");

    /// <summary>Gets the names of the branches from the root to this run, with slashes between; null for a root.</summary>
    public string? Path => row.Get<string>("path");

    /// <summary>Gets whether it has, or its sub-runs have, handed work to others.</summary>
    public bool HasSubRuns => row.Get<bool>(HasSubRunsName);

    /// <summary>Gets the first turn whose tools brought text of strangers; null as long as none did.</summary>
    public int? UntrustedTurn => row.Properties.ContainsKey(UntrustedTurnName) ? row.Get<int>(UntrustedTurnName) : null;

    /// <summary>Gets the index entry's partition; null for a sub-run, which is not listed.</summary>
    public string? IndexPartition => row.Get<string>("index_pk");

    public string? IndexRow => row.Get<string>("index_rk");

    /// <summary>Gets the conversation that it is a turn of; null for none.</summary>
    public string? ConversationId => row.Get<string>("conversation");

    /// <summary>Gets whether something is looked up for it before its first turn.</summary>
    public bool NeedsOpening => row.Get<bool>("opening");

    public string? IdempotencyPartition => row.Get<string>("idempotency_pk");

    public string? IdempotencyRow => row.Get<string>("idempotency_rk");

    public string? Execution => row.Get<string>(ExecutionName);

    public DateTimeOffset? StartedAt => row.Properties.ContainsKey(StartedName) ? row.Get<DateTimeOffset>(StartedName) : null;

    public DateTimeOffset? EndedAt => row.Properties.ContainsKey(EndedName) ? row.Get<DateTimeOffset>(EndedName) : null;

    public RunStatus BaseStatus => Enum.Parse<RunStatus>(row.Get<string>(StatusName)!);

    public bool IsCancelling => row.Get<bool>(CancellingName);

    public bool IsSuspended => row.Get<bool>(SuspendedName);

    public RunStatus Status => BaseStatus switch
    {
        var status when status.IsTerminal() => status,
        _ when IsCancelling => RunStatus.Cancelling,
        _ when IsSuspended => RunStatus.Suspended,
        var status => status,
    };

    public int Turn => row.Get<int>(TurnName);

    public string? Activity => row.Get<string>(ActivityName);

    /// <summary>Gets the question that was asked last: kind and calls.</summary>
    public string? Question => row.Get<string>(QuestionName);

    public string? Provider => row.Get<string>(ProviderName);

    public string? Model => row.Get<string>(ModelName);

    public PrivacyLabel Label => (PrivacyLabel)row.Get<int>(LabelName);

    public RunError? Error => row.Get<byte[]>(ErrorName) is { } json ? JsonSerializer.Deserialize<RunError>(json, Payload.Json) : null;

    public string? FinishReason => row.Get<string>(FinishReasonName);

    public long? LastEvent => row.Properties.ContainsKey(LastEventName) ? row.Get<long>(LastEventName) : null;

    public RunTotals Totals => new(
        row.Get<long>(PromptTokensName), row.Get<long>(CompletionTokensName), row.Get<bool>(EstimatedName),
        decimal.Parse(row.Get<string>(CostName) ?? "0", System.Globalization.CultureInfo.InvariantCulture),
        row.Get<int>(ModelCallsName), row.Get<int>(ToolCallsName),
        decimal.Parse(row.Get<string>(SavedName) ?? "0", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The row of a new run that a caller started.</summary>
    public static TableRow New(string runId, RunRequest request, string tenant, DateTimeOffset now, IndexEntry index, IdempotencyKey? idempotency) =>
        New(runId, request, tenant, now, now.AddSeconds(request.Limits.TimeoutSeconds))
            .Set(WebhookName, request.WebhookUrl is null ? null : true)
            .Set("index_pk", index.Partition)
            .Set("index_rk", index.Row)
            .Set("idempotency_pk", idempotency?.Partition)
            .Set("idempotency_rk", idempotency?.Row);

    /// <summary>The row of a new run that another one started.</summary>
    public static TableRow NewSubRun(string runId, RunRequest request, RunRow parent, string path, DateTimeOffset deadline, DateTimeOffset now) =>
        New(runId, request, parent.Tenant, now, deadline)
            .Set("parent", parent.Id)
            .Set("root", parent.RootId ?? parent.Id)
            .Set("path", path);

    /// <summary>A merge of some properties.</summary>
    public static TableRow Patch(string runId) => new(runId, RunKeys.Run);

    private static TableRow New(string runId, RunRequest request, string tenant, DateTimeOffset now, DateTimeOffset deadline) => new TableRow(runId, RunKeys.Run)
        .Set("tenant", tenant)
        .Set("agent_type", request.Agent.AgentType)
        .Set("agent_id", request.Agent.AgentId)
        .Set("agent_version", request.Agent.AgentVersion)
        .Set("job", request.Job is { } job ? ModelJobNames.OrchestratorOf(job.Kind) : null)
        .Set("workflow", request.Workflow?.WorkflowId)
        .Set("workflow_version", request.Workflow?.Version)
        .Set("created", now)
        .Set("deadline", deadline)
        .Set("max_turns", request.Agent.MaxTurns)
        .Set("conversation", request.ConversationId)
        .Set("opening", Openings.IsNeededBy(request) ? true : null)
        .Set("metadata", request.Metadata is { } metadata ? JsonSerializer.SerializeToUtf8Bytes(metadata) : null)
        .Set(StatusName, nameof(RunStatus.Queued))
        .Set(LabelName, (int)request.Routing.PrivacyLevel);
}

/// <summary>What a run has used up to now.</summary>
internal readonly record struct RunTotals(long PromptTokens, long CompletionTokens, bool Estimated, decimal CostUsd, int ModelCalls, int ToolCalls, decimal SavedUsd = 0)
{
    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>The totals after a model call that asked for <paramref name="toolCalls"/> tools.</summary>
    public RunTotals Plus(TokenUsage usage, decimal? costUsd, int modelCalls, int toolCalls, decimal savedUsd = 0) => new(
        PromptTokens + usage.PromptTokens, CompletionTokens + usage.CompletionTokens, Estimated || usage.Estimated,
        CostUsd + (costUsd ?? 0), ModelCalls + modelCalls, ToolCalls + toolCalls, SavedUsd + savedUsd);

    /// <summary>The totals with those of a sub-run.</summary>
    public RunTotals Plus(RunTotals other) => new(
        PromptTokens + other.PromptTokens, CompletionTokens + other.CompletionTokens, Estimated || other.Estimated,
        CostUsd + other.CostUsd, ModelCalls + other.ModelCalls, ToolCalls + other.ToolCalls, SavedUsd + other.SavedUsd);

    public TableRow WriteTo(TableRow row) => row
        .Set(RunRow.PromptTokensName, PromptTokens)
        .Set(RunRow.CompletionTokensName, CompletionTokens)
        .Set(RunRow.EstimatedName, Estimated)
        .Set(RunRow.CostName, CostUsd.ToString(System.Globalization.CultureInfo.InvariantCulture))
        .Set(RunRow.SavedName, SavedUsd == 0 ? null : SavedUsd.ToString(System.Globalization.CultureInfo.InvariantCulture))
        .Set(RunRow.ModelCallsName, ModelCalls)
        .Set(RunRow.ToolCallsName, ToolCalls);
}
