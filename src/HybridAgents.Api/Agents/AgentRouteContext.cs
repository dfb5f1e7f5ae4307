using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Agents;
using HybridAgents.Orchestrations.Agents;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Agents;

/// <summary>What every route of one agent needs of its request.</summary>
internal static class AgentRouteContext
{
    private const string IfMatchHeader = "If-Match";

    public static RouteParameter IfMatch { get; } = new(IfMatchHeader, "The version that the change is meant for; 409 if the agent is at another one.");

    public static string TenantOf(HttpContext http) => ApiCaller.Of(http).Tenant;

    /// <summary>Gets the words that stand in an agent's place and are none, each with the method that its path has; null for no method.</summary>
    public static IReadOnlyDictionary<string, string?> Reserved { get; } = new Dictionary<string, string?>
    {
        ["run"] = "POST",
        ["chat"] = "POST",
        ["import"] = "POST",
        ["runs"] = "GET",
        ["status"] = null,
        ["cancel"] = null,
        ["models"] = null,
    };

    /// <summary>The agent's id in the path.</summary>
    /// <exception cref="RequestRefusedException">It is a word with another meaning: 405 with the method that its path has, 404 if it has none.</exception>
    public static string IdOf(HttpContext http)
    {
        string id = http.RouteValue("agent_id");
        if (!Reserved.TryGetValue(id, out string? allowed))
            return id;
        throw new RequestRefusedException(allowed is null
            ? ApiErrors.NotFound($"There is no agent '{id}', and never will be: the word belongs to other paths.")
            : ApiErrors.MethodNotAllowed(http.Request.Method, allowed));
    }

    /// <summary>The agent in the path.</summary>
    /// <exception cref="RequestRefusedException">There is none (404).</exception>
    public static async Task<StoredAgent> FindAsync(AgentStore agents, HttpContext http) =>
        (IdOf(http) is { Length: <= 64 } id ? await agents.FindAsync(id, TenantOf(http), http.RequestAborted) : null) ?? throw new RequestRefusedException(NotFound(http));

    /// <summary>The version in <c>If-Match</c>, with or without quotes; null without the header.</summary>
    /// <exception cref="RequestRefusedException">It is not a version (400).</exception>
    public static int? ExpectedVersion(HttpContext http)
    {
        string text = http.Request.Headers[IfMatchHeader].ToString().Trim('"');
        if (text is "" or "*")
            return null;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int version)
            ? version
            : throw new RequestRefusedException(ApiErrors.Invalid($"header.{IfMatchHeader}", "must be a version, such as \"3\""));
    }

    /// <summary>201 with the new agent, or why there is none.</summary>
    public static IResult Created(HttpContext http, string id, AgentChangeResult result)
    {
        switch (result.Outcome)
        {
            case AgentChange.Made:
                http.Response.Headers.Location = $"/api/v1/agents/{id}";
                return ApiResults.Json(AgentDocument.From(result.Agent!), StatusCodes.Status201Created);
            case AgentChange.TooMany:
                return ApiResults.Error(ApiErrors.Conflict($"There are {AgentStore.MaxAgents} agents, as many as there may be; delete one first."));
            default:
                return ApiResults.Error(ApiErrors.Conflict($"There is an agent '{id}' already."));
        }
    }

    /// <summary>The new version, or why there is none.</summary>
    public static IResult Changed(HttpContext http, AgentChangeResult result) => result.Outcome switch
    {
        AgentChange.Made => ApiResults.Json(AgentDocument.From(result.Agent!)),
        AgentChange.BuiltIn => ApiResults.Error(ApiErrors.Conflict($"The agent '{result.Agent!.AgentId}' is built in; clone it and change the copy.")),
        AgentChange.Conflict => ApiResults.Error(ApiErrors.Conflict($"The agent is at version {result.Agent!.Version} now; read it again.")),
        _ => ApiResults.Error(NotFound(http)),
    };

    private static ApiError NotFound(HttpContext http) => ApiErrors.NotFound($"There is no agent '{ApiErrors.Shorten(IdOf(http))}'; /api/v1/agents lists what there is.");
}
