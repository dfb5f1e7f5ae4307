using System.Text.Json;
using HybridAgents.Api.Agents;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Versions;
using HybridAgents.Orchestrations.Workflows;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Workflows.WorkflowRouteContext;

namespace HybridAgents.Api.Workflows;

/// <summary>Workflows as stored, versioned documents.</summary>
public sealed class WorkflowRoutes(WorkflowStore workflows, WorkflowReader reader) : IApiRoutes
{
    private const string All = "/api/v1/workflows";
    private const int DefaultLimit = 100;

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListWorkflows", "GET", All, ApiAccess.Read, ListAsync)
        {
            Tag = "Workflows", Summary = "Lists workflows, newest first.",
            Query = [new("limit", "1 to 500; 100 by default."), new("offset", "How many to leave out; 0 by default.")], Answers = [new(200, typeof(WorkflowList), "A page of workflows.")],
        },
        new("CreateWorkflow", "POST", All, ApiAccess.Write, CreateAsync)
        {
            Tag = "Workflows", Summary = "Makes a workflow of a document that fits /api/v1/workflows/schema.",
            Body = WorkflowReader.Body, Answers = [new(201, typeof(WorkflowDocument), "The workflow.")], Errors = [409, 413],
        },
        new("GetWorkflow", "GET", One, ApiAccess.Read, GetAsync)
        {
            Tag = "Workflows", Summary = "Shows a workflow.", Answers = [new(200, typeof(WorkflowDocument), "The workflow.")], Errors = [404],
        },
        new("ReplaceWorkflow", "PUT", One, ApiAccess.Write, ReplaceAsync)
        {
            Tag = "Workflows", Summary = "Makes the next version of a workflow. Runs that have begun go on with theirs.",
            Headers = [AgentRouteContext.IfMatch], Body = WorkflowReader.Body, Answers = [new(200, typeof(WorkflowDocument), "The new version.")], Errors = [404, 409, 413],
        },
        new("DeleteWorkflow", "DELETE", One, ApiAccess.Write, DeleteAsync)
        {
            Tag = "Workflows", Summary = "Deletes a workflow with its versions. Its runs stay.", Answers = [new(200, typeof(WorkflowDeleted), "It is gone.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        int limit = (int)(http.QueryInteger("limit", 1, 500) ?? DefaultLimit);
        int offset = (int)(http.QueryInteger("offset", 0, int.MaxValue) ?? 0);
        IReadOnlyList<StoredWorkflow> all = await workflows.ListAsync(TenantOf(http), http.RequestAborted);
        return ApiResults.Json(new WorkflowList([.. all.Skip(offset).Take(limit).Select(WorkflowSummary.From)], all.Count, limit, offset));
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, WorkflowReader.Body);
        string id = reader.IdOf(body.Root);
        StoredWorkflow read = await reader.ReadAsync(body.Root, id, TenantOf(http), http.RequestAborted);
        WorkflowChangeResult result = await workflows.AddAsync(id, read.Document, TenantOf(http), http.RequestAborted);
        switch (result.Outcome)
        {
            case VersionedChange.Made:
                http.Response.Headers.Location = $"{All}/{id}";
                return ApiResults.Json(WorkflowDocument.From(result.Workflow!), StatusCodes.Status201Created);
            case VersionedChange.TooMany:
                return ApiResults.Error(ApiErrors.Conflict($"There are {WorkflowStore.MaxWorkflows} workflows, as many as there may be; delete one first."));
            default:
                return ApiResults.Error(ApiErrors.Conflict($"There is a workflow '{id}' already."));
        }
    }

    private async Task<IResult> GetAsync(HttpContext http) => ApiResults.Json(WorkflowDocument.From(await FindAsync(workflows, http)));

    private async Task<IResult> ReplaceAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, WorkflowReader.Body);
        StoredWorkflow stands = await FindAsync(workflows, http);
        if (body.Root.TryGetProperty("id", out JsonElement id) && !(id.ValueKind == JsonValueKind.String && id.ValueEquals(stands.WorkflowId)))
            throw new RequestRefusedException(ApiErrors.Invalid("id", $"must be '{stands.WorkflowId}', as in the address, or absent"));
        StoredWorkflow read = await reader.ReadAsync(body.Root, stands.WorkflowId, TenantOf(http), http.RequestAborted);
        WorkflowChangeResult result = await workflows.ChangeAsync(stands.WorkflowId, TenantOf(http), AgentRouteContext.ExpectedVersion(http), read.Document, http.RequestAborted);
        return result.Outcome switch
        {
            VersionedChange.Made => ApiResults.Json(WorkflowDocument.From(result.Workflow!)),
            VersionedChange.Conflict => ApiResults.Error(ApiErrors.Conflict($"The workflow is at version {result.Workflow!.Version} now; read it again.")),
            _ => ApiResults.Error(NotFound(http)),
        };
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        StoredWorkflow found = await FindAsync(workflows, http);
        return await workflows.RemoveAsync(found.WorkflowId, TenantOf(http), http.RequestAborted) is { } removed
            ? ApiResults.Json(new WorkflowDeleted(true, $"The workflow '{removed.Definition.Name}' is deleted."))
            : ApiResults.Error(NotFound(http));
    }
}
