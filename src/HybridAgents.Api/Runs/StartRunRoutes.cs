using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Runs;

/// <summary>Starting a run.</summary>
public sealed class StartRunRoutes(RunAcceptance acceptance, RunRequestReader reader) : IApiRoutes
{
    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("StartRun", "POST", "/api/v1/agents/run", ApiAccess.Write, StartAsync)
        {
            Tag = "Runs", Summary = "Starts an agent run. When it is answered, the run is durable.", Body = RunRequestSchema.Body,
            Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = RunAcceptance.Errors,
        },
    ];

    private async Task<IResult> StartAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, RunRequestSchema.Body);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        return await acceptance.StartAsync(http, await reader.ReadAsync(body.Root, RunRouteContext.CallerOf(http).Tenant, http.RequestAborted), token);
    }
}
