using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Agents;
using HybridAgents.Orchestrations.Agents;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Agents.AgentRouteContext;

namespace HybridAgents.Api.Agents;

/// <summary>The versions of agents, copies of them, and agents as documents to be carried elsewhere.</summary>
public sealed class AgentHistoryRoutes(AgentStore agents, AgentReader reader, TimeProvider time) : IApiRoutes
{
    private const string One = "/api/v1/agents/{agent_id}";

    private static readonly ObjectSchema Nothing = new();

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListAgentVersions", "GET", $"{One}/versions", ApiAccess.Read, ListAsync)
        {
            Tag = "Agents", Summary = $"Lists the last {AgentStore.MaxVersions} versions of an agent, newest first.",
            Answers = [new(200, typeof(AgentVersions), "The versions.")], Errors = [404],
        },
        new("RestoreAgentVersion", "POST", $"{One}/versions/{{version}}/restore", ApiAccess.Write, RestoreAsync)
        {
            Tag = "Agents", Summary = "Makes an earlier version the newest one.", Headers = [IfMatch], Body = Nothing, BodyOptional = true,
            Answers = [new(200, typeof(AgentDocument), "The new version.")], Errors = [404, 409],
        },
        new("ExportAgent", "GET", $"{One}/export", ApiAccess.Read, ExportAsync)
        {
            Tag = "Agents", Summary = "Gives an agent as a document that can be imported elsewhere, or here as a copy.",
            Answers = [new(200, typeof(AgentExport), "The document.")], Errors = [404],
        },
        new("ImportAgent", "POST", "/api/v1/agents/import", ApiAccess.Write, ImportAsync)
        {
            Tag = "Agents", Summary = "Makes an agent of an exported document; `agent_id` may be chosen.",
            Body = AgentSchema.Import, Answers = [new(201, typeof(AgentDocument), "The agent.")], Errors = [409, 413],
        },
        new("CloneAgent", "POST", $"{One}/clone", ApiAccess.Write, CloneAsync)
        {
            Tag = "Agents", Summary = "Makes a copy of an agent, also of a built-in one, with what the body gives in place of its own; `agent_id` may be chosen.",
            Body = AgentSchema.Copy, BodyOptional = true, Answers = [new(201, typeof(AgentDocument), "The copy.")], Errors = [404, 409, 413],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        StoredAgent agent = await FindAsync(agents, http);
        IReadOnlyList<StoredAgent> versions = await agents.VersionsAsync(agent.AgentId, TenantOf(http), http.RequestAborted);
        return ApiResults.Json(new AgentVersions(agent.AgentId, [.. versions.Select(AgentDocument.From)]));
    }

    private async Task<IResult> RestoreAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Nothing, optional: true);
        StoredAgent agent = await FindAsync(agents, http);
        if (!int.TryParse(http.RouteValue("version"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int version))
            throw new RequestRefusedException(NoVersion(http));
        AgentChangeResult result = await agents.RestoreAsync(agent.AgentId, version, TenantOf(http), ExpectedVersion(http), http.RequestAborted);
        return result.Outcome == AgentChange.NotFound ? ApiResults.Error(NoVersion(http)) : Changed(http, result);
    }

    private async Task<IResult> ExportAsync(HttpContext http)
    {
        StoredAgent agent = await FindAsync(agents, http);
        return ApiResults.Json(new AgentExport(AgentExport.CurrentFormat, ExportedAgent.From(agent.Definition)));
    }

    private async Task<IResult> ImportAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, AgentSchema.Import);
        string id = reader.ReadId(body.Root, time);
        AgentDefinition agent = await reader.ReadAsync(body.Root.GetProperty("agent"), new() { Name = "" }, TenantOf(http), "agent.", http.RequestAborted);
        return Created(http, id, await agents.AddAsync(id, agent, TenantOf(http), http.RequestAborted));
    }

    private async Task<IResult> CloneAsync(HttpContext http)
    {
        _ = IdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, AgentSchema.Copy, optional: true);
        StoredAgent source = await FindAsync(agents, http);
        string id = reader.ReadId(body.Root, time);
        AgentDefinition agent = await reader.ReadAsync(body.Root, source.Definition, TenantOf(http), "", http.RequestAborted);
        return Created(http, id, await agents.AddAsync(id, agent, TenantOf(http), http.RequestAborted));
    }

    private static ApiError NoVersion(HttpContext http) =>
        ApiErrors.NotFound($"The agent '{ApiErrors.Shorten(IdOf(http))}' has no version '{ApiErrors.Shorten(http.RouteValue("version"))}' that is kept.");
}
