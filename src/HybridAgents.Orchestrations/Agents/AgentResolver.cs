using HybridAgents.Core.Agents;
using HybridAgents.Core.Runs;

namespace HybridAgents.Orchestrations.Agents;

/// <summary>Turns agents that are named into what a run needs of them, as they are now: the run keeps that, whatever becomes of them.</summary>
public sealed class AgentResolver(AgentStore store, AgentCatalog catalog)
{
    /// <summary>The agent of that id with its team.</summary>
    /// <exception cref="AgentUnresolvedException">There is none, or its team cannot be put together.</exception>
    public async Task<AgentConfig> ResolveAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await ResolveAsync(await FindAsync(id, tenant, cancellationToken), tenant, new(), depth: 0, cancellationToken);

    /// <summary>The agents of a team, those of the built-in team if <paramref name="references"/> is empty.</summary>
    /// <exception cref="AgentUnresolvedException">One of them is not there, or they are too many or too deep.</exception>
    public Task<IReadOnlyList<SubAgent>> TeamAsync(IReadOnlyList<SubAgentReference> references, string tenant, CancellationToken cancellationToken) =>
        TeamAsync(references, tenant, new(), depth: 1, cancellationToken);

    private async Task<IReadOnlyList<SubAgent>> TeamAsync(
        IReadOnlyList<SubAgentReference> references, string tenant, TeamCount count, int depth, CancellationToken cancellationToken)
    {
        if (depth > SubAgent.MaxDepth)
            throw new AgentUnresolvedException($"has sub-agents more than {SubAgent.MaxDepth} deep, or that lead back to itself");
        List<SubAgent> team = [];
        foreach (SubAgentReference reference in references.Count == 0 ? catalog.DefaultTeam : references)
        {
            if (++count.Members > SubAgent.MaxNested)
                throw new AgentUnresolvedException($"has more than {SubAgent.MaxNested} sub-agents, all levels together");
            StoredAgent agent = await FindAsync(reference.AgentId, tenant, cancellationToken);
            AgentConfig config = await ResolveAsync(agent, tenant, count, depth, cancellationToken);
            team.Add(new(reference.Name, reference.Role ?? agent.Definition.Description ?? agent.Definition.Name, config));
        }

        return team;
    }

    private async Task<AgentConfig> ResolveAsync(StoredAgent agent, string tenant, TeamCount count, int depth, CancellationToken cancellationToken)
    {
        AgentDefinition definition = agent.Definition;
        IReadOnlyList<SubAgent> team = definition.AgentType == AgentCatalog.MetaType
            ? await TeamAsync(definition.SubAgents, tenant, count, depth + 1, cancellationToken)
            : [];
        return agent.BuiltIn
            ? new() { AgentId = agent.AgentId, AgentType = definition.AgentType, SubAgents = team }
            : new()
            {
                AgentId = agent.AgentId,
                AgentVersion = agent.Version,
                AgentType = definition.AgentType,
                SystemPrompt = definition.SystemPrompt,
                Model = definition.Model,
                Tools = definition.Tools,
                Temperature = definition.Temperature,
                MaxTokens = definition.MaxTokens,
                MaxTurns = definition.MaxTurns,
                PrivacyLevel = definition.PrivacyLevel,
                Budget = definition.Budget,
                SubAgents = team,
            };
    }

    private async Task<StoredAgent> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await store.FindAsync(id, tenant, cancellationToken)
        ?? throw new AgentUnresolvedException($"names no agent: there is no '{(id.Length <= 64 ? id : id[..64])}'; /api/v1/agents lists what there is");

    private sealed class TeamCount
    {
        public int Members { get; set; }
    }
}

/// <summary>An agent cannot be put together; the message goes after the field's name.</summary>
public sealed class AgentUnresolvedException(string message) : Exception(message);
