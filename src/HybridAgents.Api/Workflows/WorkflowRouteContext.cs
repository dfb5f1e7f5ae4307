using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Workflows;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Workflows;

/// <summary>What every route of one workflow needs of its request.</summary>
internal static class WorkflowRouteContext
{
    public const string One = "/api/v1/workflows/{workflow_id}";

    public static string TenantOf(HttpContext http) => ApiCaller.Of(http).Tenant;

    public static string IdOf(HttpContext http) => http.RouteValue("workflow_id");

    /// <summary>The workflow in the path.</summary>
    /// <exception cref="RequestRefusedException">There is none (404).</exception>
    public static async Task<StoredWorkflow> FindAsync(WorkflowStore workflows, HttpContext http) =>
        (IdOf(http) is { Length: <= 64 } id ? await workflows.FindAsync(id, TenantOf(http), http.RequestAborted) : null) ?? throw new RequestRefusedException(NotFound(http));

    public static ApiError NotFound(HttpContext http) => ApiErrors.NotFound($"There is no workflow '{ApiErrors.Shorten(IdOf(http))}'; /api/v1/workflows lists what there is.");
}
