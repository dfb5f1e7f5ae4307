using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using static HybridAgents.Api.Runs.RunRouteContext;

namespace HybridAgents.Api.Runs;

/// <summary>Looking at runs.</summary>
public sealed class ReadRunRoutes(IAgentRuns runs, IHostApplicationLifetime lifetime) : IApiRoutes
{
    private const string Run = "/api/v1/agents/runs/{run_id}";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("GetRunStatus", "GET", "/api/v1/agents/status/{run_id}", ApiAccess.Read, StatusAsync)
        {
            Tag = "Runs", Summary = "Shows where a run stands.", Query = [new("wait", "Seconds to wait for another status, 0 to 30; 0 by default.")],
            Answers = [new(200, typeof(RunView), "The run, with `Retry-After` while it goes on.")], Errors = [404],
        },
        new("ListRuns", "GET", "/api/v1/agents/runs", ApiAccess.Read, ListAsync)
        {
            Tag = "Runs", Summary = "Lists runs, newest first. A page may be short: only a null cursor is the end.",
            Query =
            [
                new("status", "Only runs with this status."), new("agent_type", "Only runs of this agent type."), new("session_id", "Only runs of this session."),
                new("workflow_id", "Only runs of this workflow."),
                new("created_after", "Only runs created after this time: Unix seconds or ISO-8601."), new("limit", "1 to 100; 20 by default."),
                new("cursor", "The cursor of the page before."),
            ],
            Answers = [new(200, typeof(RunPage), "A page.")],
        },
        new("GetRunMessages", "GET", $"{Run}/messages", ApiAccess.Read, MessagesAsync)
        {
            Tag = "Runs", Summary = "Shows the transcript.", Answers = [new(200, typeof(MessageList), "The transcript, oldest first.")], Errors = [404],
        },
        new("GetRunHistory", "GET", $"{Run}/history", ApiAccess.Read, HistoryAsync)
        {
            Tag = "Runs", Summary = "Shows what a run did, step by step.", Answers = [new(200, typeof(StepList), "The steps.")], Errors = [404],
        },
        new("GetRunResult", "GET", $"{Run}/result", ApiAccess.Read, ResultAsync)
        {
            Tag = "Runs", Summary = "Shows what came of an ended run.", Answers = [new(200, typeof(RunOutcome), "The outcome.")], Errors = [404, 409],
        },
    ];

    private async Task<IResult> StatusAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        long wait = http.QueryInteger("wait", 0, 30) ?? 0;
        if (wait > 0)
            await WaitAsync(id, TimeSpan.FromSeconds(wait), http);
        return Document(http, OrNotFound(await runs.GetAsync(id, CallerOf(http), http.RequestAborted), id));
    }

    /// <summary>Waits for another status; the host's stop ends the wait early, and the status is answered as it is then.</summary>
    private async Task WaitAsync(string id, TimeSpan wait, HttpContext http)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await runs.WaitAsync(id, CallerOf(http), wait, end.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
        }
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        RunQuery query = new()
        {
            Status = http.QueryWord<RunStatus>("status"),
            AgentType = http.QueryText("agent_type"),
            SessionId = http.QueryText("session_id"),
            WorkflowId = http.QueryText("workflow_id"),
            CreatedAfter = http.QueryTime("created_after"),
            Limit = (int)(http.QueryInteger("limit", 1, 100) ?? 20),
            Cursor = http.QueryText("cursor", maxLength: 1024),
        };
        try
        {
            return ApiResults.Json(await runs.ListAsync(query, CallerOf(http), http.RequestAborted));
        }
        catch (ArgumentException error) when (error.ParamName == "query")
        {
            return ApiResults.Error(ApiErrors.Invalid("query.cursor", "must be a cursor that a list of runs has returned"));
        }
    }

    private async Task<IResult> MessagesAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        return ApiResults.Json(new MessageList(id, OrNotFound(await runs.GetMessagesAsync(id, CallerOf(http), http.RequestAborted), id)));
    }

    private async Task<IResult> HistoryAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        return ApiResults.Json(new StepList(id, OrNotFound(await runs.GetHistoryAsync(id, CallerOf(http), http.RequestAborted), id)));
    }

    private async Task<IResult> ResultAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        RunView run = OrNotFound(await runs.GetAsync(id, CallerOf(http), http.RequestAborted), id);
        return run.Status.IsTerminal()
            ? ApiResults.Json(new RunOutcome(run.RunId, run.Status, run.Result, run.Error, run.Usage))
            : ApiResults.Error(ApiErrors.Conflict("The run has not ended.") with { RetryAfter = TimeSpan.FromSeconds(1) });
    }
}
