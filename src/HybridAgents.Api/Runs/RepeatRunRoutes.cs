using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Runs.RunRouteContext;

namespace HybridAgents.Api.Runs;

/// <summary>Starting a run from another one. The other one stays as it is.</summary>
public sealed class RepeatRunRoutes(IAgentRuns runs, RunAcceptance acceptance, RunRequestReader reader) : IApiRoutes
{
    private const string Run = "/api/v1/agents/runs/{run_id}";

    private static readonly ObjectSchema Nothing = new();

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("RestartRun", "POST", $"{Run}/restart", ApiAccess.Write, RestartAsync)
        {
            Tag = "Runs", Summary = "Starts a new run with the request of this one.", Body = Nothing, BodyOptional = true,
            Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = RunAcceptance.Errors,
        },
        new("ForkRun", "POST", $"{Run}/fork", ApiAccess.Write, ForkAsync)
        {
            Tag = "Runs",
            Summary = "Starts a new run that goes on after turn `from_turn` of this one (0: from its request). What `overrides` gives replaces the request's own; its `messages` come after the transcript.",
            Body = RunRequestSchema.Fork, Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = RunAcceptance.Errors,
        },
    ];

    private async Task<IResult> RestartAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, Nothing, optional: true);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        return await acceptance.StartAsync(http, await SourceAsync(http, id, null), token);
    }

    private async Task<IResult> ForkAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, RunRequestSchema.Fork);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        RunRequest source = await SourceAsync(http, id, body.Root.Integer("from_turn"));
        RunRequest request = await reader.OverrideAsync(source, body.Root.Field("overrides") ?? NoOverrides, CallerOf(http).Tenant, http.RequestAborted);
        return await acceptance.StartAsync(http, request, token);
    }

    private static System.Text.Json.JsonElement NoOverrides { get; } = System.Text.Json.JsonElement.Parse("{}");

    private async Task<RunRequest> SourceAsync(HttpContext http, string id, int? turn)
    {
        RunSource source = await runs.GetSourceAsync(id, CallerOf(http), turn, http.RequestAborted);
        return source.Outcome switch
        {
            RunSourceOutcome.Found => source.Request!,
            RunSourceOutcome.Workflow => throw new RequestRefusedException(
                ApiErrors.Conflict("The run is a workflow's, or a part of one: only the run that was started can be begun again, and only as a whole, with restart.")),
            RunSourceOutcome.NoTurn => throw new RequestRefusedException(ApiErrors.Invalid("from_turn", $"is {turn}: the run has not come that far")),
            RunSourceOutcome.OpenTurn => throw new RequestRefusedException(
                ApiErrors.Conflict($"Turn {turn} has tool calls without a result, so a run cannot go on after it; take an earlier turn.")),
            _ => throw new RequestRefusedException(ApiErrors.RunNotFound(id)),
        };
    }
}
