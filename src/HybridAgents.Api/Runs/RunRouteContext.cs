using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Runs;

/// <summary>What every route of one run needs of its request.</summary>
internal static class RunRouteContext
{
    /// <summary>The run in the path.</summary>
    /// <exception cref="RequestRefusedException">It cannot be a run's id, so there is no such run (404).</exception>
    public static string RunIdOf(HttpContext http) =>
        http.RouteValue("run_id") is var id && RunId.IsValid(id) ? id : throw new RequestRefusedException(ApiErrors.RunNotFound(id));

    public static RunCaller CallerOf(HttpContext http) => ApiCaller.Of(http).ToRunCaller();

    /// <summary>The value, or 404 if there is no such run.</summary>
    public static T OrNotFound<T>(T? value, string runId)
        where T : class => value ?? throw new RequestRefusedException(ApiErrors.RunNotFound(runId));

    /// <summary>The status document, with <c>Retry-After</c> while the run goes on.</summary>
    public static IResult Document(HttpContext http, RunView run, int status = StatusCodes.Status200OK)
    {
        if (!run.Status.IsTerminal())
            http.Response.Headers.RetryAfter = "1";
        return ApiResults.Json(run, status);
    }
}
