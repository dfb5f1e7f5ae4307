using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Tools;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Conversations;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Agents.AgentRouteContext;

namespace HybridAgents.Api.Agents;

/// <summary>Agents: the built-in ones, to be read and copied, and the tenant's own.</summary>
public sealed class AgentRoutes(AgentStore agents, AgentReader reader, AgentCatalog catalog, ToolRegistry tools, IConversations conversations, TimeProvider time) : IApiRoutes
{
    private const string One = "/api/v1/agents/{agent_id}";
    private const int DefaultLimit = 100;

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListAgents", "GET", "/api/v1/agents", ApiAccess.Read, ListAsync)
        {
            Tag = "Agents", Summary = "Lists the built-in agents, then the caller's own, newest first.",
            Query = [new("limit", "1 to 500; 100 by default."), new("offset", "How many to leave out; 0 by default.")], Answers = [new(200, typeof(AgentList), "A page of agents.")],
        },
        new("CreateAgent", "POST", "/api/v1/agents", ApiAccess.Write, CreateAsync)
        {
            Tag = "Agents", Summary = "Makes an agent. `agent_id` may be chosen; `system_prompt` and `tools` are the type's own unless given.",
            Body = AgentSchema.New, Answers = [new(201, typeof(AgentDocument), "The agent.")], Errors = [409, 413],
        },
        new("GetAgent", "GET", One, ApiAccess.Read, GetAsync) { Tag = "Agents", Summary = "Shows an agent.", Answers = [new(200, typeof(AgentDocument), "The agent.")], Errors = [404] },
        new("ReplaceAgent", "PUT", One, ApiAccess.Write, ReplaceAsync)
        {
            Tag = "Agents", Summary = "Makes the next version of an agent; what is not given is the default. Runs that have begun go on with theirs.",
            Headers = [IfMatch], Body = AgentSchema.Whole, Answers = [new(200, typeof(AgentDocument), "The new version.")], Errors = [404, 409, 413],
        },
        new("ChangeAgent", "PATCH", One, ApiAccess.Write, ChangeAsync)
        {
            Tag = "Agents", Summary = "Makes the next version of an agent; what is not given stays.",
            Headers = [IfMatch], Body = AgentSchema.Part, Answers = [new(200, typeof(AgentDocument), "The new version.")], Errors = [404, 409, 413],
        },
        new("DeleteAgent", "DELETE", One, ApiAccess.Write, DeleteAsync)
        {
            Tag = "Agents", Summary = "Deletes an agent with its versions. Its runs and conversations stay, unless the conversations are to go too, with their runs.",
            Query = [new("conversations", "`keep`, the default: the agent's type answers in them from now on; `delete`: they go first, and if a turn has one the agent stays (409).")], Answers = [new(200, typeof(AgentDeleted), "It is gone.")], Errors = [404, 409],
        },
        new("GetAgentTools", "GET", $"{One}/tools", ApiAccess.Read, GetToolsAsync)
        {
            Tag = "Agents", Summary = "Shows what an agent can do.", Answers = [new(200, typeof(AgentTools), "Its tools.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        int limit = (int)(http.QueryInteger("limit", 1, 500) ?? DefaultLimit);
        int offset = (int)(http.QueryInteger("offset", 0, int.MaxValue) ?? 0);
        IReadOnlyList<StoredAgent> all = await agents.ListAsync(TenantOf(http), http.RequestAborted);
        return ApiResults.Json(new AgentList([.. all.Skip(offset).Take(limit).Select(AgentSummary.From)], all.Count, limit, offset));
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, AgentSchema.New);
        string id = reader.ReadId(body.Root, time);
        AgentDefinition agent = await reader.ReadAsync(body.Root, new() { Name = "" }, TenantOf(http), "", http.RequestAborted);
        return Created(http, id, await agents.AddAsync(id, agent, TenantOf(http), http.RequestAborted));
    }

    private async Task<IResult> GetAsync(HttpContext http) => ApiResults.Json(AgentDocument.From(await FindAsync(agents, http)));

    private async Task<IResult> ReplaceAsync(HttpContext http)
    {
        _ = IdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, AgentSchema.Whole);
        await FindAsync(agents, http);
        AgentDefinition agent = await reader.ReadAsync(body.Root, new() { Name = "" }, TenantOf(http), "", http.RequestAborted);
        return Changed(http, await agents.ChangeAsync(IdOf(http), TenantOf(http), ExpectedVersion(http), _ => agent, http.RequestAborted));
    }

    private async Task<IResult> ChangeAsync(HttpContext http)
    {
        _ = IdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, AgentSchema.Part);
        StoredAgent stands = await FindAsync(agents, http);
        // Checked against what stands, so written only onto that; whoever came in between is told of by a 409.
        AgentDefinition agent = await reader.ReadAsync(body.Root, stands.Definition, TenantOf(http), "", http.RequestAborted);
        return Changed(http, await agents.ChangeAsync(IdOf(http), TenantOf(http), ExpectedVersion(http) ?? stands.Version, _ => agent, http.RequestAborted));
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        bool all = http.QueryWord<Fate>("conversations") == Fate.Delete;
        DeletedConversations gone = all && await FindAsync(agents, http) is { BuiltIn: false } agent
            ? await conversations.DeleteOfAgentAsync(agent.AgentId, ApiCaller.Of(http).ToRunCaller(), http.RequestAborted)
            : new(0, 0);
        if (gone.Busy > 0)
            return ApiResults.Error(ApiErrors.Conflict($"A turn has {gone.Busy} of the agent's conversations; wait for it or cancel it, then delete again. The others are deleted."));
        AgentChangeResult result = await agents.RemoveAsync(IdOf(http), TenantOf(http), http.RequestAborted);
        return result.Outcome != AgentChange.Made ? Changed(http, result)
            : ApiResults.Json(new AgentDeleted(true, $"The agent '{result.Agent!.Definition.Name}' is deleted{(all ? $", with {gone.Deleted} conversations" : "")}."));
    }

    private async Task<IResult> GetToolsAsync(HttpContext http)
    {
        StoredAgent agent = await FindAsync(agents, http);
        IReadOnlyList<string> names = agent.Definition.Tools ?? catalog.Find(agent.Definition.AgentType)!.Tools;
        ToolSet known = await tools.GetAsync(TenantOf(http), http.RequestAborted);
        return ApiResults.Json(new AgentTools(agent.AgentId, names, [.. names.Select(known.Find).OfType<ITool>().Select(static tool => ToolView.From(tool.Definition))]));
    }

    /// <summary>What becomes of a deleted agent's conversations.</summary>
    private enum Fate
    {
        Keep,
        Delete,
    }
}
