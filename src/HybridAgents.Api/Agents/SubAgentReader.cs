using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Agents;

namespace HybridAgents.Api.Agents;

/// <summary>Reads the team of a coordinator.</summary>
internal static class SubAgentReader
{
    /// <summary>The references in <c>sub_agents</c>; none if the field is absent.</summary>
    /// <param name="agent">The agent, whose schema has been checked.</param>
    /// <param name="prefix">What goes before the field's path.</param>
    /// <param name="profile">The agent's type; null for one that is not known.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static IReadOnlyList<SubAgentReference> Read(JsonElement agent, string prefix, AgentProfile? profile, Faults faults)
    {
        List<SubAgentReference> team = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement item in agent.Items("sub_agents"))
        {
            string name = item.Text("name")!;
            string path = $"{prefix}sub_agents[{team.Count}].name";
            if (name.AsSpan().ContainsAny('/', '\n', '\r'))
                faults.Add(path, "must not have slashes or line breaks");
            else if (!names.Add(name))
                faults.Add(path, $"is '{ApiErrors.Shorten(name)}' a second time");
            team.Add(new(name, item.Text("agent_id")!, item.Text("role")));
        }

        if (team.Count > 0 && profile is { Type: not AgentCatalog.MetaType })
            faults.Add($"{prefix}sub_agents", $"is for agents of type {AgentCatalog.MetaType} only");
        return team;
    }
}
