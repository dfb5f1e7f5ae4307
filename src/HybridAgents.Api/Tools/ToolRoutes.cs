using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Tools;

/// <summary>The tools that the caller's agents can use.</summary>
public sealed class ToolRoutes(ToolRegistry tools) : IApiRoutes
{
    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(ToolList), "The tools, by name.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListTools", "GET", "/api/v1/tools", ApiAccess.Read, ListAsync) { Tag = "Tools", Summary = "Lists the tools that agents can use.", Answers = Answers },
        new("ListAvailableTools", "GET", "/api/v1/tools/available", ApiAccess.Read, ListAsync)
        {
            Tag = "Tools", Summary = "The same as /api/v1/tools.", Answers = Answers,
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        ToolSet set = await tools.GetAsync(ApiCaller.Of(http).Tenant, http.RequestAborted);
        ToolView[] views = [.. set.Definitions.OrderBy(static tool => tool.Name, StringComparer.Ordinal).Select(ToolView.From)];
        return ApiResults.Json(new ToolList(views, views.Length));
    }
}

/// <summary>Tools, by name.</summary>
/// <param name="Tools">The tools.</param>
/// <param name="Total">How many there are.</param>
public sealed record ToolList(IReadOnlyList<ToolView> Tools, int Total);

/// <summary>What a tool declares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Parameters">JSON Schema of its arguments.</param>
/// <param name="Effect">What happens to the world when it runs.</param>
/// <param name="Locality">Where its arguments go.</param>
/// <param name="TimeoutSeconds">Its longest run.</param>
/// <param name="Approval">When a person must agree first.</param>
/// <param name="CacheSeconds">How long a result may be given again; 0 for never.</param>
/// <param name="RequiredRole">The least role of the caller for whom it runs.</param>
/// <param name="Untrusted">Whether its output may hold text of strangers.</param>
/// <param name="Source">Where it comes from: <c>builtin</c>, <c>http</c>, or <c>mcp:</c> and the server's name.</param>
public sealed record ToolView(
    string Name, string Description, JsonElement Parameters, ToolEffect Effect, Locality Locality, double TimeoutSeconds, ToolApproval Approval, double CacheSeconds,
    ToolRole RequiredRole, bool Untrusted, string Source)
{
    internal static ToolView From(ToolDefinition tool) => new(
        tool.Name, tool.Description, tool.Parameters, tool.Effect, tool.Locality, tool.Timeout.TotalSeconds, tool.Approval, tool.CacheLifetime.TotalSeconds,
        tool.RequiredRole, tool.Untrusted, tool.Source);
}
