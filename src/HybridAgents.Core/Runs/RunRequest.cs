using System.Text.Json;
using System.Text.Json.Serialization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Usage;
using HybridAgents.Core.Workflows;

namespace HybridAgents.Core.Runs;

/// <summary>A validated request for an agent run, as it is stored with the run.</summary>
public sealed record RunRequest
{
    /// <summary>Gets the agent.</summary>
    public AgentConfig Agent { get; init; } = new();

    /// <summary>Gets the conversation so far; at least one message.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Gets the caller's own data, returned unchanged.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Gets how models are chosen.</summary>
    public RoutingPreferences Routing { get; init; } = new();

    /// <summary>Gets the limits.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>Gets which tools need a person's agreement.</summary>
    public ApprovalSettings Approval { get; init; } = new();

    /// <summary>Gets where the end is announced; null for nowhere.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>Gets the caller's role, which bounds the tools; set by the server.</summary>
    public ToolRole Role { get; init; } = ToolRole.User;

    /// <summary>Gets the API key that it was started with; set by the server.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>Gets the budgets that every call is paid from, all of them at once; set by the server, empty for none.</summary>
    public IReadOnlyList<BudgetAccount> Accounts { get; init; } = [];

    /// <summary>Gets the conversation that this run is a turn of; null for none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Gets whether the run waits for its turn while the conversation is busy; otherwise it is refused.</summary>
    public bool WaitsForTurn { get; init; }

    /// <summary>Gets whether what comes of it replaces the conversation's newest turn.</summary>
    public bool Regenerates { get; init; }

    /// <summary>Gets the work on a model that is done instead of a conversation; null for an agent's run.</summary>
    public ModelJob? Job { get; init; }

    /// <summary>Gets whether its messages hold text of strangers already; set by the server for what is made from another run.</summary>
    public bool Untrusted { get; init; }

    /// <summary>Gets the run that this one was made from; null if it was made from nothing.</summary>
    public RunOrigin? Origin { get; init; }

    /// <summary>Gets the workflow that is run; null for an agent's run.</summary>
    public WorkflowTask? Workflow { get; init; }

    /// <summary>Gets what makes it a response of OpenAI's Responses API; null for any other run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponseSettings? Response { get; init; }

    /// <summary>The request, paid for by a key: from the budgets given and, if it has one, from its agent's.</summary>
    public RunRequest PaidBy(string keyId, IReadOnlyList<BudgetAccount> accounts, string tenant) => this with
    {
        KeyId = keyId,
        Accounts = Agent is { AgentId: { } id, Budget: { } budget } && BudgetAccount.OfAgent(tenant, id, budget) is var own && accounts.All(account => account.Id != own.Id)
            ? [.. accounts, own]
            : accounts,
    };
}

/// <summary>Which run another one was made from.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Turn">The last turn that was taken over; null for a restart, which takes over none.</param>
public sealed record RunOrigin(string RunId, int? Turn = null);

/// <summary>Which agent runs and how.</summary>
public sealed record AgentConfig
{
    /// <summary>Gets a stored agent's id; null for none.</summary>
    public string? AgentId { get; init; }

    /// <summary>Gets the stored agent's version that this was made from; null without one.</summary>
    public int? AgentVersion { get; init; }

    /// <summary>Gets the type, <c>general</c> by default.</summary>
    public string AgentType { get; init; } = "general";

    /// <summary>Gets the prompt that stands in for the type's own; null for that one.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Gets instructions beside the agent's own prompt.</summary>
    public string? Instructions { get; init; }

    /// <summary>Gets the model: <c>auto</c>, <c>provider:model</c> or a bare name.</summary>
    public string Model { get; init; } = "auto";

    /// <summary>Gets the names of server tools; null for the agent's own set.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>Gets tools that the client runs itself.</summary>
    public IReadOnlyList<ToolSpec> ClientTools { get; init; } = [];

    /// <summary>Gets the temperature, 0 to 2; null for the model's recommended one.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the most completion tokens of a model call, 1 to 131072; 2048 by default.</summary>
    public int MaxTokens { get; init; } = 2048;

    /// <summary>Gets the most model calls, 1 to 100; 16 by default.</summary>
    public int MaxTurns { get; init; } = 16;

    /// <summary>Gets whether tool calls of one turn run side by side.</summary>
    public bool ParallelTools { get; init; } = true;

    /// <summary>Gets the least label of the agent's runs.</summary>
    public PrivacyLabel PrivacyLevel { get; init; }

    /// <summary>Gets what all runs of the stored agent may spend together; null for no bound.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Gets the agents that this one may hand work to; empty for one that works alone.</summary>
    public IReadOnlyList<SubAgent> SubAgents { get; init; } = [];
}

/// <summary>An agent that another one may hand work to: complete in itself, so that a later change of a stored agent changes no run that has begun.</summary>
/// <param name="Name">The name that the coordinator uses, unique among its sub-agents whatever the case.</param>
/// <param name="Role">What it is for, in a sentence.</param>
/// <param name="Agent">The agent.</param>
public sealed record SubAgent(string Name, string Role, AgentConfig Agent)
{
    /// <summary>How deep sub-agents may be nested below a run's own agent.</summary>
    public const int MaxDepth = 3;

    /// <summary>The most sub-agents of one agent, and the most that work on one task side by side.</summary>
    public const int MaxTeam = 8;

    /// <summary>The most sub-agents of a run's own agent, all levels together.</summary>
    public const int MaxNested = 32;
}

/// <summary>How models are chosen.</summary>
public sealed record RoutingPreferences
{
    /// <summary>Gets the only provider allowed; null for any.</summary>
    public string? ForceProvider { get; init; }

    /// <summary>Gets the label that the caller asks for; text may raise it.</summary>
    public PrivacyLabel PrivacyLevel { get; init; }

    /// <summary>Gets what is valued most.</summary>
    public LatencyPreference LatencyPreference { get; init; }

    /// <summary>Gets the local token limit; null for none.</summary>
    public int? TokenBudget { get; init; }

    /// <summary>Gets whether the caller consents to the cloud for private text.</summary>
    public bool AllowCloudPrivate { get; init; }
}

/// <summary>Bounds of a run.</summary>
public sealed record RunLimits
{
    /// <summary>Gets the longest life in seconds, 1 to 604800; 600 by default.</summary>
    public int TimeoutSeconds { get; init; } = 600;

    /// <summary>Gets the most US dollars; null for no bound.</summary>
    public decimal? MaxCostUsd { get; init; }

    /// <summary>Gets the most tokens over all calls; null for no bound.</summary>
    public int? MaxTotalTokens { get; init; }
}

/// <summary>Which tools need a person's agreement.</summary>
public sealed record ApprovalSettings
{
    /// <summary>Gets the tools' names.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Gets how long an approval may take, 1 to 2592000 s; 86400 by default.</summary>
    public int TimeoutSeconds { get; init; } = 86_400;

    /// <summary>Gets whether an expired approval counts as given; otherwise as refused.</summary>
    public bool ApproveOnTimeout { get; init; }

    /// <summary>Gets whether a refusal fails the run; otherwise the model is told.</summary>
    public bool FailOnReject { get; init; }

    /// <summary>Gets whether at-most-once tools run without an approval even when the model has read text of strangers; false by default.</summary>
    public bool AllowAfterUntrusted { get; init; }
}
