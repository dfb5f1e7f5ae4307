using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Agents;

/// <summary>An agent as its owner describes it. What it names (tools, models, other agents) is looked up when a run begins.</summary>
public sealed record AgentDefinition
{
    /// <summary>Gets what its owner calls it, 1 to 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is for, in a sentence; null if nobody said.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the type that it builds on.</summary>
    public string AgentType { get; init; } = AgentCatalog.DefaultType;

    /// <summary>Gets the system prompt; null for the type's own.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Gets the provider of <see cref="ModelId"/>; null where the model's name says enough.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the model, or <c>auto</c> to have it chosen for each turn.</summary>
    public string ModelId { get; init; } = "auto";

    /// <summary>Gets the names of its tools; null for the type's own.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>Gets the sampling temperature, 0 to 2.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Gets the longest answer of one call, in tokens.</summary>
    public int MaxTokens { get; init; } = 2048;

    /// <summary>Gets the most turns of a run.</summary>
    public int MaxTurns { get; init; } = 16;

    /// <summary>Gets whether a chat with it streams unless the caller says otherwise.</summary>
    public bool Stream { get; init; } = true;

    /// <summary>Gets the least label of its runs.</summary>
    public PrivacyLabel PrivacyLevel { get; init; }

    /// <summary>Gets what all its runs may spend together, what they hand to others included; null for no bound.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Gets the agents that it may hand work to; only those of type <c>meta</c> have any, and the built-in team if they name none.</summary>
    public IReadOnlyList<SubAgentReference> SubAgents { get; init; } = [];

    /// <summary>Gets the model as runs name it.</summary>
    [JsonIgnore]
    public string Model => Provider is null ? ModelId : $"{Provider}:{ModelId}";
}

/// <summary>A place in a coordinator's team.</summary>
/// <param name="Name">The name that the coordinator uses.</param>
/// <param name="AgentId">A stored agent's id, or a built-in type.</param>
/// <param name="Role">What it is for; null for the agent's own description.</param>
public sealed record SubAgentReference(string Name, string AgentId, string? Role = null);

/// <summary>An agent that can be named by id.</summary>
/// <param name="AgentId">The id; a built-in agent's is its type.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Definition">What it is.</param>
/// <param name="CreatedAt">When it was made, UTC; null for a built-in one.</param>
/// <param name="UpdatedAt">When this version was made, UTC; null for a built-in one.</param>
/// <param name="BuiltIn">Whether it is ours: it can be read and copied, not changed.</param>
public sealed record StoredAgent(string AgentId, int Version, AgentDefinition Definition, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt, bool BuiltIn = false);
