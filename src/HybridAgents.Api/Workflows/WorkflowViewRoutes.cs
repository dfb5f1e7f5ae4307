using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Workflows;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Workflows.WorkflowRouteContext;

namespace HybridAgents.Api.Workflows;

/// <summary>What people need to write workflows: the schema, a check, pictures, versions.</summary>
public sealed class WorkflowViewRoutes(WorkflowStore workflows, WorkflowReader reader) : IApiRoutes
{
    private const string Mermaid = "text/vnd.mermaid";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("GetWorkflowSchema", "GET", "/api/v1/workflows/schema", ApiAccess.Read, _ => Task.FromResult(ApiResults.Json(WorkflowSchema.Document)))
        {
            Tag = "Workflows", Summary = "Shows the JSON Schema of workflows.", Answers = [new(200, typeof(object), "The schema.")],
        },
        new("ValidateWorkflow", "POST", "/api/v1/workflows/validate", ApiAccess.Write, ValidateAsync)
        {
            Tag = "Workflows", Summary = "Checks a workflow without keeping it, and draws it.",
            Body = WorkflowReader.Body, Answers = [new(200, typeof(WorkflowChecked), "It is right.")], Errors = [413],
        },
        new("GetWorkflowGraph", "GET", $"{One}/graph", ApiAccess.Read, DrawAsync)
        {
            Tag = "Workflows", Summary = "Draws a workflow as a Mermaid flow chart.", Answers = [new(200, typeof(string), "The chart.", Mermaid)], Errors = [404],
        },
        new("ListWorkflowVersions", "GET", $"{One}/versions", ApiAccess.Read, VersionsAsync)
        {
            Tag = "Workflows", Summary = $"Lists the last {WorkflowStore.MaxVersions} versions of a workflow, newest first.",
            Answers = [new(200, typeof(WorkflowVersions), "The versions.")], Errors = [404],
        },
    ];

    private async Task<IResult> ValidateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, WorkflowReader.Body);
        WorkflowDefinition workflow = (await reader.ReadAsync(body.Root, reader.IdOf(body.Root), TenantOf(http), http.RequestAborted)).Definition;
        return ApiResults.Json(new WorkflowChecked(true, workflow.AllSteps.Count(), WorkflowGraph.Draw(workflow)));
    }

    private async Task<IResult> DrawAsync(HttpContext http) => TypedResults.Text(WorkflowGraph.Draw((await FindAsync(workflows, http)).Definition), Mermaid);

    private async Task<IResult> VersionsAsync(HttpContext http)
    {
        StoredWorkflow workflow = await FindAsync(workflows, http);
        IReadOnlyList<StoredWorkflow> versions = await workflows.VersionsAsync(workflow.WorkflowId, TenantOf(http), http.RequestAborted);
        return ApiResults.Json(new WorkflowVersions(workflow.WorkflowId, [.. versions.Select(WorkflowDocument.From)]));
    }
}
