using HybridAgents.Api.Tools;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;

namespace HybridAgents.Api.Agents;

/// <summary>An agent.</summary>
/// <param name="AgentId">Its id; a built-in agent's is its type.</param>
/// <param name="BuiltIn">Whether it is the server's own, which cannot be changed.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="AgentType">The type that it builds on.</param>
/// <param name="SystemPrompt">Its prompt; null for the type's own.</param>
/// <param name="Provider">The provider of the model.</param>
/// <param name="ModelId">The model, or <c>auto</c>.</param>
/// <param name="Tools">The names of its tools; null for the type's own.</param>
/// <param name="Temperature">0 to 2.</param>
/// <param name="MaxTokens">The longest answer of one call.</param>
/// <param name="MaxTurns">The most turns of a run.</param>
/// <param name="Stream">Whether a chat streams unless the caller says otherwise.</param>
/// <param name="PrivacyLevel">The least label of its runs.</param>
/// <param name="SubAgents">Its team, for a coordinator.</param>
/// <param name="Budget">What all its runs may spend together; null for no bound.</param>
/// <param name="Version">Counts its changes from 1; what <c>If-Match</c> compares.</param>
/// <param name="CreatedAt">When it was made, UTC; null for a built-in one.</param>
/// <param name="UpdatedAt">When this version was made, UTC; null for a built-in one.</param>
public sealed record AgentDocument(
    string AgentId, bool BuiltIn, string Name, string? Description, string AgentType, string? SystemPrompt, string? Provider, string ModelId, IReadOnlyList<string>? Tools,
    double Temperature, int MaxTokens, int MaxTurns, bool Stream, PrivacyLabel PrivacyLevel, IReadOnlyList<SubAgentReference> SubAgents, Budget? Budget, int Version,
    DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt)
{
    internal static AgentDocument From(StoredAgent agent)
    {
        AgentDefinition it = agent.Definition;
        return new(
            agent.AgentId, agent.BuiltIn, it.Name, it.Description, it.AgentType, it.SystemPrompt, it.Provider, it.ModelId, it.Tools, it.Temperature, it.MaxTokens, it.MaxTurns,
            it.Stream, it.PrivacyLevel, it.SubAgents, it.Budget, agent.Version, agent.CreatedAt, agent.UpdatedAt);
    }
}

/// <summary>An agent in a list.</summary>
/// <param name="AgentId">Its id.</param>
/// <param name="BuiltIn">Whether it is the server's own.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="AgentType">The type that it builds on.</param>
/// <param name="ModelId">The model, or <c>auto</c>.</param>
/// <param name="Provider">The provider of the model.</param>
/// <param name="Tools">The names of its tools; null for the type's own.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
public sealed record AgentSummary(
    string AgentId, bool BuiltIn, string Name, string? Description, string AgentType, string ModelId, string? Provider, IReadOnlyList<string>? Tools, int Version,
    DateTimeOffset? CreatedAt)
{
    internal static AgentSummary From(StoredAgent agent) => new(
        agent.AgentId, agent.BuiltIn, agent.Definition.Name, agent.Definition.Description, agent.Definition.AgentType, agent.Definition.ModelId, agent.Definition.Provider,
        agent.Definition.Tools, agent.Version, agent.CreatedAt);
}

/// <summary>A page of agents: the built-in ones, then the caller's, newest first.</summary>
public sealed record AgentList(IReadOnlyList<AgentSummary> Agents, int Total, int Limit, int Offset);

/// <summary>The versions of an agent that are kept, newest first.</summary>
public sealed record AgentVersions(string AgentId, IReadOnlyList<AgentDocument> Versions);

/// <summary>An agent is gone.</summary>
public sealed record AgentDeleted(bool Success, string Message);

/// <summary>What an agent can do now. Of the names, those that are no longer there have no details.</summary>
public sealed record AgentTools(string AgentId, IReadOnlyList<string> Tools, IReadOnlyList<ToolView> ToolDetails);

/// <summary>An agent to be carried elsewhere: everything but its id and history.</summary>
/// <param name="Format">The form of the document.</param>
/// <param name="Agent">The agent, as it can be made.</param>
public sealed record AgentExport(string Format, ExportedAgent Agent)
{
    /// <summary>The form that is written and read.</summary>
    public const string CurrentFormat = "hybridagents.agent/1";
}

/// <summary>The fields of an agent as it is made.</summary>
public sealed record ExportedAgent(
    string Name, string? Description, string AgentType, string? SystemPrompt, string? Provider, string ModelId, IReadOnlyList<string>? Tools, double Temperature, int MaxTokens,
    int MaxTurns, bool Stream, PrivacyLabel PrivacyLevel, IReadOnlyList<SubAgentReference> SubAgents, Budget? Budget)
{
    internal static ExportedAgent From(AgentDefinition it) => new(
        it.Name, it.Description, it.AgentType, it.SystemPrompt, it.Provider, it.ModelId, it.Tools, it.Temperature, it.MaxTokens, it.MaxTurns, it.Stream, it.PrivacyLevel, it.SubAgents,
        it.Budget);
}
