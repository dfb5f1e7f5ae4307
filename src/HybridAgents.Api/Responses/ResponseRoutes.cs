using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Api.Responses;

/// <summary>OpenAI's Responses API over durable runs.</summary>
public sealed class ResponseRoutes(ResponseService responses, RunAcceptance acceptance, IAgentRuns runs, IHostApplicationLifetime lifetime, TimeProvider time) : IApiRoutes
{
    private const string One = "/v1/responses/{response_id}";

    private static readonly RouteAnswer Document = new(200, typeof(ResponseDocument), "The response; with `stream`, server-sent events as OpenAI names them.");

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("CreateResponse", "POST", "/v1/responses", ApiAccess.Write, CreateAsync)
        {
            Tag = "Responses", OpenAI = true, Body = ResponseSchema.Body, Headers = RunAcceptance.Headers, Answers = [Document], Errors = [404, 409, 413, 422, 429, 502, 503, 504],
            Summary = "Answers an input, as OpenAI's endpoint of that path does, by a durable run: waited for, streamed, or in the background.",
        },
        new("GetResponse", "GET", One, ApiAccess.Read, GetAsync)
        {
            Tag = "Responses", OpenAI = true, Answers = [Document], Errors = [404], Summary = "Shows a response, or follows its events.",
            Query = [new("stream", "`true` for its events."), new("starting_after", "With `stream`: the sequence number of the last event seen.")],
        },
        new("CancelResponse", "POST", $"{One}/cancel", ApiAccess.Write, CancelAsync)
        {
            Tag = "Responses", OpenAI = true, Answers = [new(200, typeof(ResponseDocument), "The response.")], Errors = [404], Summary = "Cancels a response that runs in the background.",
        },
        new("DeleteResponse", "DELETE", One, ApiAccess.Write, DeleteAsync)
        {
            Tag = "Responses", OpenAI = true, Answers = [new(200, typeof(DeletedResponse), "It is gone.")], Errors = [404, 409], Summary = "Removes a response and all its data.",
        },
    ];

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ResponseSchema.Body, limit: JsonBody.OpenAILimit);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        RunCaller caller = ApiCaller.Of(http).ToRunCaller();
        RunRequest request = await responses.ReadAsync(body.Root, caller, http.RequestAborted);
        RunView run = (await acceptance.BeginAsync(http, request, token)).Run!;
        if (body.Root.Flag("stream") == true)
            return new ResponseStreamResult(Stream(run, request, caller, after: -1), gone => LeaveAsync(run, request, caller, gone));
        if (request.Response!.Background)
            return ApiResults.Json(ResponseView.Of(run, request));
        run = await responses.EndOfAsync(run, caller, http.RequestAborted);
        await responses.ForgetAsync(run, request, caller);
        return run.Status == RunStatus.Failed ? ApiResults.Error(ResponseService.ErrorOf(run)) : ApiResults.Json(ResponseView.Of(run, request));
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        bool stream = http.QueryWord<Switch>("stream") == Switch.True;
        long? after = http.QueryInteger("starting_after", 0, long.MaxValue);
        (RunView run, RunRequest request) = await responses.FindAsync(IdOf(http), CallerOf(http), http.RequestAborted);
        if (stream)
            return Stream(run, request, CallerOf(http), after ?? -1);
        return after is null ? ApiResults.Json(ResponseView.Of(run, request)) : throw new RequestRefusedException(ApiErrors.Invalid("query.starting_after", "needs stream=true"));
    }

    private async Task<IResult> CancelAsync(HttpContext http)
    {
        (RunView run, RunRequest request) = await responses.FindAsync(IdOf(http), CallerOf(http), http.RequestAborted);
        if (!request.Response!.Background)
            return ApiResults.Error(ApiErrors.Invalid("response_id", "is not a response in the background: whoever waits for one cancels it by closing the connection"));
        return ApiResults.Json(ResponseView.Of(run.Status.IsTerminal() ? run : await responses.CancelAsync(run, CallerOf(http), http.RequestAborted), request));
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        (RunView run, _) = await responses.FindAsync(IdOf(http), CallerOf(http), http.RequestAborted);
        return await runs.PurgeAsync(run.RunId, CallerOf(http), http.RequestAborted) == PurgeResult.NotTerminal
            ? ApiResults.Error(ApiErrors.Conflict("The response has not ended; cancel it first.") with { Permanent = true })
            : ApiResults.Json(new DeletedResponse(IdOf(http)));
    }

    private EventStreamResult Stream(RunView run, RunRequest request, RunCaller caller, long after) => new(
        cancellationToken => new ResponseEvents(runs, caller, run, request).WatchAsync(after, cancellationToken), jsonLines: false, time, lifetime.ApplicationStopping, ResponseEvents.WriteHead);

    /// <summary>Whoever goes before the end cancels what does not run in the background.</summary>
    private async Task LeaveAsync(RunView run, RunRequest request, RunCaller caller, bool gone)
    {
        if (gone && !request.Response!.Background)
            await runs.CancelAsync(run.RunId, caller, "The client has gone.", force: false, CancellationToken.None);
        await responses.ForgetAsync(run, request, caller);
    }

    private static string IdOf(HttpContext http) => http.RouteValue("response_id");

    private static RunCaller CallerOf(HttpContext http) => ApiCaller.Of(http).ToRunCaller();

    /// <summary>The words of <c>stream</c>.</summary>
    private enum Switch
    {
        False,
        True,
    }
}

/// <summary>A response that was removed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Object"><c>response</c>.</param>
/// <param name="Deleted">True.</param>
public sealed record DeletedResponse(string Id, string Object = "response", bool Deleted = true);
