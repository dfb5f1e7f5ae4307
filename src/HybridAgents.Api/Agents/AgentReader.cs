using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Api.Budgets;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Agents;

namespace HybridAgents.Api.Agents;

/// <summary>Turns a body that fits <see cref="AgentSchema"/> into an agent that can run, or says what it names that does not exist.</summary>
public sealed partial class AgentReader(AgentCatalog catalog, AgentResolver resolver, ToolRegistry registry)
{
    /// <summary>Reads an agent: a field that is absent stays as in <paramref name="fallback"/>.</summary>
    /// <exception cref="RequestRefusedException">It names something unknown, or contradicts itself (400).</exception>
    public async Task<AgentDefinition> ReadAsync(JsonElement body, AgentDefinition fallback, string tenant, string prefix, CancellationToken cancellationToken)
    {
        Faults faults = new(prefix);
        string type = body.Text("agent_type") ?? fallback.AgentType;
        AgentProfile? profile = catalog.Find(type);
        if (profile is null)
            faults.Add("agent_type", $"is '{ApiErrors.Shorten(type)}'; must be one of: {string.Join(", ", catalog.Types)}");
        AgentDefinition agent = fallback with
        {
            Name = body.Text("name") ?? fallback.Name,
            Description = body.Text("description") ?? fallback.Description,
            AgentType = profile?.Type ?? type,
            SystemPrompt = body.Text("system_prompt") ?? fallback.SystemPrompt,
            Provider = body.Text("provider") ?? fallback.Provider,
            ModelId = body.Text("model_id") ?? fallback.ModelId,
            Tools = body.Field("tools") is null ? fallback.Tools : ReadTools(body, await registry.GetAsync(tenant, cancellationToken), faults),
            Temperature = body.Field("temperature")?.GetDouble() ?? fallback.Temperature,
            MaxTokens = body.Integer("max_tokens") ?? fallback.MaxTokens,
            MaxTurns = body.Integer("max_turns") ?? fallback.MaxTurns,
            Stream = body.Flag("stream") ?? fallback.Stream,
            PrivacyLevel = body.Text("privacy_level") is { } level && PrivacyLabels.TryParse(level, out PrivacyLabel label) ? label : fallback.PrivacyLevel,
            Budget = BudgetBody.Read(body) ?? fallback.Budget,
            SubAgents = body.Field("sub_agents") is null ? fallback.SubAgents : SubAgentReader.Read(body, "", profile, faults),
        };
        if (agent.Provider is not null && agent.ModelId == "auto")
            faults.Add("provider", "needs a model_id: only with a model does it say which one");
        if (agent.AgentType != AgentCatalog.MetaType)
            agent = agent with { SubAgents = [] };
        else
            await CheckTeamAsync(agent, tenant, faults, cancellationToken);
        faults.ThrowIfAny();
        return agent;
    }

    /// <summary>The id that the caller chose, or a new one.</summary>
    /// <exception cref="RequestRefusedException">It has not the form of an id, or means something else (400).</exception>
    public string ReadId(JsonElement body, TimeProvider time)
    {
        if (body.Text("agent_id") is not { } id)
            return $"agent_{RunId.New(time)["run_".Length..].ToLowerInvariant()}";
        if (!IdPattern().IsMatch(id))
            throw Refuse("agent_id", "must begin with a lower-case letter, and have lower-case letters, digits, _ and - only");
        if (AgentRouteContext.Reserved.ContainsKey(id) || catalog.Find(id) is not null)
            throw Refuse("agent_id", $"is '{id}', which is taken by the server; taken are {string.Join(", ", AgentRouteContext.Reserved.Keys.Concat(catalog.Types))}");
        return id;
    }

    private static List<string> ReadTools(JsonElement body, ToolSet tools, Faults faults)
    {
        List<string> names = [];
        int index = 0;
        foreach (JsonElement item in body.Items("tools"))
        {
            string path = $"tools[{index++}]";
            string name = item.GetString()!;
            if (tools.Find(name) is not { } tool)
                faults.Add(path, $"names no tool of this server: '{ApiErrors.Shorten(name)}'; known: {string.Join(", ", tools.Definitions.Select(static known => known.Name))}");
            else if (names.Contains(tool.Definition.Name))
                faults.Add(path, $"names '{tool.Definition.Name}' a second time");
            else
                names.Add(tool.Definition.Name);
        }

        return names;
    }

    private async Task CheckTeamAsync(AgentDefinition agent, string tenant, Faults faults, CancellationToken cancellationToken)
    {
        try
        {
            await resolver.TeamAsync(agent.SubAgents, tenant, cancellationToken);
        }
        catch (AgentUnresolvedException unresolved)
        {
            faults.Add("sub_agents", unresolved.Message);
        }
    }

    private static RequestRefusedException Refuse(string path, string message) => new(ApiErrors.Invalid(path, message));

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,63}\z")]
    private static partial Regex IdPattern();
}
