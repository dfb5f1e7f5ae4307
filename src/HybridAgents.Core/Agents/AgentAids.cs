namespace HybridAgents.Core.Agents;

/// <summary>What is looked up for an agent before its first turn.</summary>
[Flags]
public enum AgentAids
{
    None = 0,

    /// <summary>The passages of the knowledge base that fit the question.</summary>
    Knowledge = 1,

    /// <summary>What is remembered over conversations.</summary>
    Memory = 2,

    /// <summary>What is understood of the conversation so far.</summary>
    State = 4,
}
