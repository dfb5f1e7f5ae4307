using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Runs.RunRouteContext;

namespace HybridAgents.Api.Runs;

/// <summary>Stopping, parking and removing runs.</summary>
public sealed class ControlRunRoutes(IAgentRuns runs) : IApiRoutes
{
    private const string Run = "/api/v1/agents/runs/{run_id}";

    private static readonly ObjectSchema CancelBody = new(new Field("reason", new TextSchema(0, 1000)), new Field("force", new FlagSchema()));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("CancelRun", "POST", "/api/v1/agents/cancel/{run_id}", ApiAccess.Write, CancelAsync)
        {
            Tag = "Runs", Summary = "Cancels a run and its sub-runs; calls in flight are aborted. `force` ends it at once instead of in order.", Body = CancelBody,
            BodyOptional = true,
            Answers = [new(202, typeof(RunView), "It is being cancelled."), new(200, typeof(RunView), "It had ended: nothing was changed.")], Errors = [404, 413],
        },
        new("SuspendRun", "POST", $"{Run}/suspend", ApiAccess.Write, SuspendAsync)
        {
            Tag = "Runs", Summary = "Parks a run until it is resumed.", Answers = [new(200, typeof(RunView), "The run.")], Errors = [404, 409],
        },
        new("ResumeRun", "POST", $"{Run}/resume", ApiAccess.Write, ResumeAsync)
        {
            Tag = "Runs", Summary = "Lets a suspended run go on.", Answers = [new(200, typeof(RunView), "The run.")], Errors = [404, 409],
        },
        new("PurgeRun", "DELETE", Run, ApiAccess.Write, PurgeAsync)
        {
            Tag = "Runs", Summary = "Removes an ended run and all its data.", Answers = [new(204, null, "It is gone.")], Errors = [404, 409],
        },
    ];

    private async Task<IResult> CancelAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, CancelBody, optional: true);
        CancelResult result = OrNotFound(
            await runs.CancelAsync(id, CallerOf(http), body.Root.Text("reason"), body.Root.Flag("force") ?? false, http.RequestAborted), id);
        return Document(http, result.Run, result.AlreadyTerminal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private async Task<IResult> SuspendAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        return await ChangedAsync(http, id, await runs.SuspendAsync(id, CallerOf(http), http.RequestAborted), "cannot be suspended");
    }

    private async Task<IResult> ResumeAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        return await ChangedAsync(http, id, await runs.ResumeAsync(id, CallerOf(http), http.RequestAborted), "is not suspended");
    }

    private async Task<IResult> ChangedAsync(HttpContext http, string id, bool? changed, string otherwise)
    {
        RunView run = OrNotFound(changed is null ? null : await runs.GetAsync(id, CallerOf(http), http.RequestAborted), id);
        return changed == true ? Document(http, run) : ApiResults.Error(ApiErrors.Conflict($"The run {otherwise}: its status is {StatusWord(run.Status)}."));
    }

    private async Task<IResult> PurgeAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        return await runs.PurgeAsync(id, CallerOf(http), http.RequestAborted) switch
        {
            PurgeResult.Purged => Results.NoContent(),
            PurgeResult.PartOfAnother => ApiResults.Error(ApiErrors.Conflict("The run is a part of another, with which it is removed.")),
            PurgeResult.NotTerminal => ApiResults.Error(ApiErrors.Conflict("The run has not ended; cancel it first.")),
            _ => ApiResults.Error(ApiErrors.RunNotFound(id)),
        };
    }

    private static string StatusWord(RunStatus status) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}
