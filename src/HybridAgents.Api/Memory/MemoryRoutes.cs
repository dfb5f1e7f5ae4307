using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Memory;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Memory;

/// <summary>What agents remember with the tool <c>remember</c>, for the person whose memory it is.</summary>
public sealed class MemoryRoutes(IMemoryStore memory) : IApiRoutes
{
    private const string All = "/api/v1/memory";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListMemory", "GET", All, ApiAccess.Read, ListAsync)
        {
            Tag = "Memory", Summary = "Lists what is remembered, newest first, or what fits `q`, best first.",
            Query = [new("q", "What it must be about, 1 to 1000 characters."), new("limit", "1 to 1000; 100 by default.")],
            Answers = [new(200, typeof(MemoryList), "The items.")],
        },
        new("ForgetMemory", "DELETE", All, ApiAccess.Write, ForgetAllAsync)
        {
            Tag = "Memory", Summary = "Forgets everything.", Answers = [new(200, typeof(Forgotten), "How much that was.")],
        },
        new("ForgetMemoryItem", "DELETE", $"{All}/{{memory_id}}", ApiAccess.Write, ForgetAsync)
        {
            Tag = "Memory", Summary = "Forgets an item.", Answers = [new(204, null, "It is gone.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        int limit = (int)(http.QueryInteger("limit", 1, 1000) ?? 100);
        IReadOnlyList<MemoryItem> items = await memory.ListAsync(ApiCaller.Of(http).Tenant, http.RequestAborted);
        return ApiResults.Json(new MemoryList(http.QueryText("q", 1000) is { } query ? Recall.Find(items, query, limit) : [.. items.Take(limit)]));
    }

    private async Task<IResult> ForgetAllAsync(HttpContext http) => ApiResults.Json(new Forgotten(await memory.ForgetAllAsync(ApiCaller.Of(http).Tenant, http.RequestAborted)));

    private async Task<IResult> ForgetAsync(HttpContext http) =>
        await memory.ForgetAsync(ApiCaller.Of(http).Tenant, http.RouteValue("memory_id"), http.RequestAborted)
            ? Results.NoContent()
            : ApiResults.Error(ApiErrors.NotFound($"There is no memory '{ApiErrors.Shorten(http.RouteValue("memory_id"))}'."));
}

/// <summary>What is remembered.</summary>
public sealed record MemoryList(IReadOnlyList<MemoryItem> Items);

/// <summary>How many items were forgotten.</summary>
public sealed record Forgotten(int Count);
