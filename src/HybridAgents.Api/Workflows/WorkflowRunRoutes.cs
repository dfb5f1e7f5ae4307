using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Workflows;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Workflows.WorkflowRouteContext;

namespace HybridAgents.Api.Workflows;

/// <summary>Runs of workflows: starting them, and telling them what happened outside. All else is as with any agent run.</summary>
public sealed partial class WorkflowRunRoutes(WorkflowStore workflows, WorkflowReader reader, RunRequestReader requests, RunAcceptance acceptance, IRunEvents events) : IApiRoutes
{
    private const int MaxData = 65_536;

    private static readonly ObjectSchema EventBody = new(new Field("data", new AnyValueSchema(MaxData)), new Field("event_id", new TextSchema(1, 255)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("StartWorkflowRun", "POST", $"{One}/runs", ApiAccess.Write, StartAsync)
        {
            Tag = "Workflows", Summary = "Starts a run of a workflow: an agent run in every respect. It keeps this version of the workflow and of all that it names.",
            Body = RunRequestSchema.Workflow, BodyOptional = true, Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = [404, .. RunAcceptance.Errors],
        },
        new("PostRunEvent", "POST", "/api/v1/agents/runs/{run_id}/events/{name}", ApiAccess.Write, PostAsync)
        {
            Tag = "Workflows",
            Summary = "Tells a workflow's run that something has happened. It is kept until a step waits for an event of that name; with the same `event_id` again it is the same event.",
            Body = EventBody, BodyOptional = true, Answers = [new(202, typeof(EventTaken), "It is kept.")], Errors = [404, 409, 413],
        },
    ];

    private async Task<IResult> StartAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, RunRequestSchema.Workflow, optional: true);
        IdempotencyToken? token = RunAcceptance.TokenOf(http, body);
        StoredWorkflow workflow = await FindAsync(workflows, http);
        Faults faults = new();
        WorkflowTask task = await reader.TaskAsync(workflow, body.Root.Field("inputs"), TenantOf(http), faults, http.RequestAborted);
        return await acceptance.StartAsync(http, await requests.ReadAsync(body.Root, task, TenantOf(http), faults, http.RequestAborted), token);
    }

    private async Task<IResult> PostAsync(HttpContext http)
    {
        string run = RunRouteContext.RunIdOf(http);
        string name = http.RouteValue("name");
        if (!EventName().IsMatch(name))
            throw new RequestRefusedException(ApiErrors.Invalid("path.name", "must begin with a letter, and have letters, digits, _, . and - only, 64 at most"));
        using JsonBody body = await JsonBody.ReadAsync(http, EventBody, optional: true);
        string data = body.Root.TryGetProperty("data", out JsonElement value) ? value.GetRawText() : "null";
        EventOutcome outcome = await events.PostAsync(run, RunRouteContext.CallerOf(http), name, data, body.Root.Text("event_id"), http.RequestAborted);
        return outcome switch
        {
            EventOutcome.Taken or EventOutcome.Repeated =>
                ApiResults.Json(new EventTaken(run, name, outcome == EventOutcome.Repeated, RunViewLinks.Status(run)), StatusCodes.Status202Accepted),
            EventOutcome.NotFound => ApiResults.Error(ApiErrors.RunNotFound(run)),
            EventOutcome.Ended => ApiResults.Error(ApiErrors.Conflict("The run has ended.")),
            EventOutcome.TooMany => ApiResults.Error(ApiErrors.Conflict($"The run has taken {IRunEvents.MaxEvents} events '{name}', as many as it may.")),
            _ => ApiResults.Error(ApiErrors.Conflict("The run takes no events: only the run of a workflow does, and for its branches too.")),
        };
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex EventName();
}
