using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using static HybridAgents.Api.Runs.RunRouteContext;

namespace HybridAgents.Api.Runs;

/// <summary>Following a run's events.</summary>
public sealed class RunEventRoutes(IAgentRuns runs, IHostApplicationLifetime lifetime, TimeProvider time) : IApiRoutes
{
    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("WatchRunEvents", "GET", "/api/v1/agents/runs/{run_id}/events", ApiAccess.Read, WatchAsync)
        {
            Tag = "Runs",
            Summary = "Follows a run's events from the first or from a sequence number, as server-sent events or, with `Accept: application/x-ndjson`, as JSON lines. "
                + "An end without a terminal event means: connect again.",
            Query = [new("starting_after", "Sequence of the last event seen, 0 for none; wins over Last-Event-ID.")],
            Headers = [new("Last-Event-ID", "Sequence of the last event seen."), new("Accept", "`application/x-ndjson` for JSON lines.")],
            Answers =
            [
                new(200, typeof(string), "Events, each with sequence, type, run_id, time and its own fields.", "text/event-stream"),
                new(204, null, "The run has ended and nothing is left to send."),
            ],
            Errors = [404],
        },
    ];

    private async Task<IResult> WatchAsync(HttpContext http)
    {
        string id = RunIdOf(http);
        long after = http.QueryInteger("starting_after", 0, long.MaxValue) ?? http.HeaderInteger("Last-Event-ID") ?? 0;
        RunView run = OrNotFound(await runs.GetAsync(id, CallerOf(http), http.RequestAborted), id);
        if (run.Status.IsTerminal() && after >= run.LastEvent)
            return Results.NoContent();
        bool lines = http.Request.Headers.Accept.ToString().Contains(EventStreamResult.JsonLines, StringComparison.OrdinalIgnoreCase);
        return new EventStreamResult(
            cancellationToken => runs.WatchAsync(id, CallerOf(http), after, cancellationToken), lines, time, lifetime.ApplicationStopping);
    }
}
