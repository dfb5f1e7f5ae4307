namespace HybridAgents.Core.Agents;

/// <summary>A built-in kind of agent: a prompt and a set of tools.</summary>
/// <param name="Type">The name that callers give, such as <c>research</c>.</param>
/// <param name="Description">What it is for, in a sentence.</param>
/// <param name="SystemPrompt">The system prompt; a caller's instructions come after it.</param>
/// <param name="Tools">Names of the tools it has unless the caller names others.</param>
/// <param name="Aids">What is looked up for it before its first turn.</param>
/// <param name="FitsModel">Whether its models are those that suit the question's use case, where nobody names one.</param>
public sealed record AgentProfile(string Type, string Description, string SystemPrompt, IReadOnlyList<string> Tools, AgentAids Aids = AgentAids.None, bool FitsModel = false);
