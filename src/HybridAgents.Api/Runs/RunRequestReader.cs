using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Api.Agents;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Runs;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Runs;

/// <summary>Turns a body that fits <see cref="RunRequestSchema"/> into a request that can run, or says what it names that does not exist.</summary>
public sealed partial class RunRequestReader(AgentCatalog agents, AgentResolver resolver, ToolRegistry registry, IOptionsMonitor<RunOptions> options)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>Gets what an agent is unless the request says otherwise.</summary>
    private AgentConfig Usual => new() { Temperature = options.CurrentValue.Temperature, MaxTokens = options.CurrentValue.MaxTokens };

    /// <summary>Reads the request. Nothing in it refers to <paramref name="body"/> afterwards.</summary>
    /// <param name="body">The body.</param>
    /// <param name="tenant">Whose tools and agents it may name.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="RequestRefusedException">It names something unknown, or contradicts itself (400).</exception>
    public async Task<RunRequest> ReadAsync(JsonElement body, string tenant, CancellationToken cancellationToken)
    {
        Faults faults = new();
        ToolSet tools = await registry.GetAsync(tenant, cancellationToken);
        AgentConfig agent = body.Field("agent_config") is { } config ? await ReadAgentAsync(config, Usual, tenant, tools, "agent_config.", faults, cancellationToken) : Usual;
        JsonElement? metadata = ReadMetadata(body, faults);
        RunRequest request = new()
        {
            ConversationId = ConversationTurn.Read(body, metadata, faults),
            WaitsForTurn = ConversationTurn.Waits(body),
            Agent = agent,
            Messages = MessageReader.Read(body, faults),
            Metadata = metadata,
            Routing = AtLeast(body.Field("routing_preferences") is { } routing ? RoutingPreferencesBody.Read(routing, new()) : new(), agent.PrivacyLevel),
            Limits = body.Field("limits") is { } limits ? ReadLimits(limits, new()) : new(),
            Approval = body.Field("approval") is { } approval ? ReadApproval(approval, new()) : new(),
            WebhookUrl = ReadWebhook(body, faults),
        };
        CheckApproval(request, tools, faults);
        if (request.ConversationId is not null && request.Messages.Any(static message => message.Images is not null))
            faults.Add("messages", "may hold no images in a turn of a conversation, which keeps text");
        faults.ThrowIfAny();
        return request;
    }

    /// <summary>Reads the request for a run of a workflow. Nothing in it refers to <paramref name="body"/> afterwards.</summary>
    /// <param name="body">The body, without what is said of the workflow itself.</param>
    /// <param name="task">What is to be done.</param>
    /// <param name="tenant">Whose tools it may name.</param>
    /// <param name="faults">What is wrong with the body so far.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="RequestRefusedException">It names something unknown, or contradicts itself (400).</exception>
    public async Task<RunRequest> ReadAsync(JsonElement body, WorkflowTask task, string tenant, Faults faults, CancellationToken cancellationToken)
    {
        RunRequest request = new()
        {
            Agent = new() { AgentType = WorkflowTask.AgentType, MaxTurns = WorkflowTask.MaxTurns, Model = body.Text("model") ?? "auto" },
            Messages = [],
            Workflow = task,
            Metadata = ReadMetadata(body, faults),
            Routing = body.Field("routing_preferences") is { } routing ? RoutingPreferencesBody.Read(routing, new()) : new(),
            Limits = body.Field("limits") is { } limits ? ReadLimits(limits, new()) : new(),
            Approval = body.Field("approval") is { } approval ? ReadApproval(approval, new()) : new(),
            WebhookUrl = ReadWebhook(body, faults),
        };
        CheckApproval(request, await registry.GetAsync(tenant, cancellationToken), faults);
        faults.ThrowIfAny();
        return request;
    }

    /// <summary>
    /// Reads changes to a request: a field that is given replaces the request's, <c>messages</c> come after its own. The label is never lowered.
    /// Nothing in the result refers to <paramref name="overrides"/> afterwards.
    /// </summary>
    /// <exception cref="RequestRefusedException">They name something unknown, or leave nothing to answer (400).</exception>
    public async Task<RunRequest> OverrideAsync(RunRequest request, JsonElement overrides, string tenant, CancellationToken cancellationToken)
    {
        Faults faults = new(prefix: "overrides.");
        ToolSet tools = await registry.GetAsync(tenant, cancellationToken);
        IReadOnlyList<Message> more = overrides.Field("messages") is null ? [] : MessageReader.Read(overrides, faults);
        RoutingPreferences routing = overrides.Field("routing_preferences") is { } preferences ? RoutingPreferencesBody.Read(preferences, request.Routing) : request.Routing;
        AgentConfig agent = overrides.Field("agent_config") is { } config
            ? await ReadAgentAsync(config, request.Agent, tenant, tools, "agent_config.", faults, cancellationToken)
            : request.Agent;
        RunRequest changed = request with
        {
            Agent = agent,
            Messages = [.. request.Messages, .. more],
            Metadata = ReadMetadata(overrides, faults) ?? request.Metadata,
            Routing = AtLeast(AtLeast(routing, request.Routing.PrivacyLevel), agent.PrivacyLevel),
            Limits = overrides.Field("limits") is { } limits ? ReadLimits(limits, request.Limits) : request.Limits,
            Approval = overrides.Field("approval") is { } approval ? ReadApproval(approval, request.Approval) : request.Approval,
            WebhookUrl = ReadWebhook(overrides, faults) ?? request.WebhookUrl,
        };
        CheckApproval(changed, tools, faults);
        if (changed.Messages[^1].Role is not (MessageRole.User or MessageRole.Tool))
            faults.Add("messages", "is required: the turn ends with an answer, so there is nothing to go on with");
        faults.ThrowIfAny();
        return changed;
    }

    /// <summary>Reads an agent where its fields stand in the body itself.</summary>
    /// <exception cref="RequestRefusedException">It names something unknown, or contradicts itself (400).</exception>
    public async Task<AgentConfig> ReadAgentAsync(JsonElement body, string tenant, CancellationToken cancellationToken)
    {
        Faults faults = new();
        AgentConfig agent = await ReadAgentAsync(body, Usual, tenant, await registry.GetAsync(tenant, cancellationToken), "", faults, cancellationToken);
        faults.ThrowIfAny();
        return agent;
    }

    private static RoutingPreferences AtLeast(RoutingPreferences routing, PrivacyLabel label) => routing with { PrivacyLevel = routing.PrivacyLevel.RaisedTo(label) };

    private async Task<AgentConfig> ReadAgentAsync(
        JsonElement agent, AgentConfig fallback, string tenant, ToolSet tools, string at, Faults faults, CancellationToken cancellationToken)
    {
        if (agent.Text("agent_id") is { } id && await ResolvedAsync($"{at}agent_id", () => resolver.ResolveAsync(id, tenant, cancellationToken), faults) is { } named)
            fallback = named.AgentVersion is null ? named with { Temperature = fallback.Temperature, MaxTokens = fallback.MaxTokens } : named;
        string type = agent.Text("agent_type") ?? fallback.AgentType;
        AgentProfile? profile = agents.Find(type);
        if (profile is null)
            faults.Add($"{at}agent_type", $"is '{ApiErrors.Shorten(type)}'; must be one of: {string.Join(", ", agents.Types)}");
        else if (fallback.AgentId is not null && profile.Type != fallback.AgentType)
            faults.Add($"{at}agent_type", $"is '{profile.Type}', but the agent '{fallback.AgentId}' is of type '{fallback.AgentType}'; leave it out");
        IReadOnlyList<SubAgent> team = profile?.Type == AgentCatalog.MetaType ? fallback.SubAgents : [];
        IReadOnlyList<SubAgentReference> references = SubAgentReader.Read(agent, at, profile, faults);
        if (profile?.Type == AgentCatalog.MetaType && (references.Count > 0 || team.Count == 0))
            team = await ResolvedAsync($"{at}sub_agents", () => resolver.TeamAsync(references, tenant, cancellationToken), faults) ?? team;
        (IReadOnlyList<string>? known, IReadOnlyList<ToolSpec> client) = agent.Field("tools") is { } list ? ReadTools(list, tools, faults) : (fallback.Tools, fallback.ClientTools);
        return fallback with
        {
            AgentType = profile?.Type ?? type,
            SubAgents = team,
            Instructions = agent.Text("instructions") ?? fallback.Instructions,
            Model = agent.Text("model") ?? fallback.Model,
            Tools = known,
            ClientTools = client,
            Temperature = agent.Field("temperature")?.GetDouble() ?? fallback.Temperature,
            MaxTokens = agent.Integer("max_tokens") ?? fallback.MaxTokens,
            MaxTurns = agent.Integer("max_turns") ?? fallback.MaxTurns,
            ParallelTools = agent.Flag("parallel_tools") ?? fallback.ParallelTools,
        };
    }

    private static async Task<T?> ResolvedAsync<T>(string path, Func<Task<T>> resolve, Faults faults)
        where T : class
    {
        try
        {
            return await resolve();
        }
        catch (AgentUnresolvedException unresolved)
        {
            faults.Add(path, unresolved.Message);
            return null;
        }
    }

    /// <summary>A name must be known here; a definition that is not known here is the client's own tool.</summary>
    private static (IReadOnlyList<string>? Known, IReadOnlyList<ToolSpec> Client) ReadTools(JsonElement list, ToolSet tools, Faults faults)
    {
        List<string> known = [];
        List<ToolSpec> client = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        int index = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            string path = $"agent_config.tools[{index++}]";
            JsonElement? definition = item.ValueKind == JsonValueKind.Object ? item.GetProperty("function") : null;
            string name = definition?.Text("name") ?? item.GetString()!;
            ITool? tool = tools.Find(name);
            if (!names.Add(tool?.Definition.Name ?? name))
                faults.Add(path, $"names '{ApiErrors.Shorten(name)}' a second time");
            else if (tool is not null)
                known.Add(tool.Definition.Name);
            else if (definition is not { } function)
                faults.Add(path, $"names no tool of this server: '{ApiErrors.Shorten(name)}'; known: {string.Join(", ", tools.Definitions.Select(static known => known.Name))}");
            else if (ReadClientTool(function, name, $"{path}.function", faults) is { } spec)
                client.Add(spec);
        }

        return (known, client);
    }

    /// <summary>Reads a tool that the client runs itself; null if its name is not one.</summary>
    internal static ToolSpec? ReadClientTool(JsonElement function, string name, string path, Faults faults)
    {
        if (!ClientToolName().IsMatch(name))
        {
            faults.Add($"{path}.name", "must have letters, digits, _ and - only");
            return null;
        }

        JsonElement parameters = function.Field("parameters")?.Clone() ?? NoParameters;
        foreach (SchemaFault fault in JsonSchemaValidator.CheckSchema(parameters))
            faults.Add($"{path}.parameters{fault.Path}", fault.Message);
        return new(name, function.Text("description") ?? "", parameters, function.Flag("strict"));
    }

    private static JsonElement? ReadMetadata(JsonElement body, Faults faults)
    {
        if (body.Field("metadata") is not { } metadata)
            return null;
        foreach (string name in (string[])["session_id", "locale"])
        {
            if (metadata.Field(name) is { } value && (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= 255 }))
                faults.Add($"metadata.{name}", "must be a string of 1 to 255 characters");
        }

        return metadata.Clone();
    }

    private static RunLimits ReadLimits(JsonElement limits, RunLimits fallback) => new()
    {
        TimeoutSeconds = limits.Integer("timeout_seconds") ?? fallback.TimeoutSeconds,
        MaxCostUsd = limits.Field("max_cost_usd")?.GetDecimal() ?? fallback.MaxCostUsd,
        MaxTotalTokens = limits.Integer("max_total_tokens") ?? fallback.MaxTotalTokens,
    };

    private static ApprovalSettings ReadApproval(JsonElement approval, ApprovalSettings fallback) => new()
    {
        Tools = approval.Field("tools") is null ? fallback.Tools : [.. approval.Items("tools").Select(static tool => tool.GetString()!).Distinct(StringComparer.Ordinal)],
        TimeoutSeconds = approval.Integer("timeout_seconds") ?? fallback.TimeoutSeconds,
        ApproveOnTimeout = approval.Text("on_timeout") is { } onTimeout ? onTimeout == "approve" : fallback.ApproveOnTimeout,
        FailOnReject = approval.Text("on_reject") is { } onReject ? onReject == "fail" : fallback.FailOnReject,
        AllowAfterUntrusted = approval.Text("after_untrusted") is { } afterUntrusted ? afterUntrusted == "allow" : fallback.AllowAfterUntrusted,
    };

    private static Uri? ReadWebhook(JsonElement body, Faults faults)
    {
        if (body.Text("webhook_url") is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0)
            return uri;
        faults.Add("webhook_url", "must be an absolute http or https address without user information");
        return null;
    }

    /// <summary>A misspelt name here would silently drop a safeguard.</summary>
    private static void CheckApproval(RunRequest request, ToolSet tools, Faults faults)
    {
        for (int index = 0; index < request.Approval.Tools.Count; index++)
        {
            string name = request.Approval.Tools[index];
            if (tools.Find(name) is null && request.Agent.ClientTools.All(tool => tool.Name != name))
                faults.Add("approval.tools", $"names no tool of this server or request: '{ApiErrors.Shorten(name)}'; known: {string.Join(", ", tools.Definitions.Select(static known => known.Name))}");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex ClientToolName();
}
