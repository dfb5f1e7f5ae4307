using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Net;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Http;
using HybridAgents.Orchestrations.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Tools;

/// <summary>Tools of the tenant's own: an HTTP address that gets the arguments.</summary>
public sealed class RegisterToolRoutes(ToolRegistry registry, RegisteredTools registered, IOptions<ToolOptions> options) : IApiRoutes
{
    private static readonly ObjectSchema Body = new(
        new Field("name", new TextSchema(1, 64), Required: true),
        new Field("description", new TextSchema(1, 1000), Required: true),
        new Field("parameters", new AnyObjectSchema(64 * 1024), Required: true),
        new Field("endpoint", new TextSchema(1, 2000), Required: true),
        new Field("method", TextSchema.OneOf(HttpToolSpec.Methods)),
        new Field("headers_ref", new TextSchema(1, 64)),
        new Field("effect", TextSchema.OneOf("pure", "idempotent", "at_most_once")),
        new Field("timeout_seconds", new IntegerSchema(1, 300)),
        new Field("approval", TextSchema.OneOf("on_request", "always")));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("RegisterTool", "POST", "/api/v1/tools/register", ApiAccess.Write, RegisterAsync)
        {
            Tag = "Tools",
            Summary = "Registers a tool: `endpoint` gets the arguments as JSON body, or as query for GET. At most once, 30 s and no approval unless given; GET is pure. Only an administrator may register an address that is not public, or name `headers_ref`.",
            Body = Body, Answers = [new(201, typeof(ToolView), "The tool.")], Errors = [409, 413],
        },
        new("DeleteTool", "DELETE", "/api/v1/tools/{name}", ApiAccess.Write, DeleteAsync)
        {
            Tag = "Tools", Summary = "Removes a registered tool.", Answers = [new(204, null, "It is gone.")], Errors = [404],
        },
    ];

    private async Task<IResult> RegisterAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        ApiCaller caller = ApiCaller.Of(http);
        HttpToolSpec spec = await ReadAsync(body.Root, caller, http.RequestAborted);
        ToolSet tools = await registry.GetAsync(caller.Tenant, http.RequestAborted);
        if (tools.Find(spec.Name) is not null || !await registered.AddAsync(caller.Tenant, spec, http.RequestAborted))
            return ApiResults.Error(ApiErrors.Conflict($"There is a tool '{spec.Name}' already, or there are {RegisteredTools.MaxTools} of them."));
        http.Response.Headers.Location = "/api/v1/tools";
        return ApiResults.Json(ToolView.From(spec.Define(options.Value)), StatusCodes.Status201Created);
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        string name = http.RouteValue("name");
        return await registered.RemoveAsync(ApiCaller.Of(http).Tenant, name, http.RequestAborted)
            ? Results.NoContent()
            : ApiResults.Error(ApiErrors.NotFound($"There is no registered tool '{ApiErrors.Shorten(name)}'."));
    }

    private async Task<HttpToolSpec> ReadAsync(JsonElement body, ApiCaller caller, CancellationToken cancellationToken)
    {
        Faults faults = new();
        bool admin = caller.Role == ApiRole.ADMIN;
        if (!Uri.TryCreate(body.Text("endpoint"), UriKind.Absolute, out Uri? endpoint) || endpoint is not { Scheme: "http" or "https", UserInfo: "", Fragment: "" })
            faults.Add("endpoint", "must be an absolute http or https address without user information");
        string method = body.Text("method") ?? "POST";
        HttpToolSpec spec = new(
            body.Text("name")!, body.Text("description")!, body.GetProperty("parameters").Clone(), endpoint!, method, body.Text("headers_ref"),
            body.Text("effect") is { } effect ? JsonSerializer.Deserialize<ToolEffect>($"\"{effect}\"") : method == "GET" ? ToolEffect.Pure : ToolEffect.AtMostOnce,
            body.Integer("timeout_seconds") ?? 30,
            body.Text("approval") == "always" ? ToolApproval.Always : ToolApproval.OnRequest,
            AllowPrivate: false);
        if (ToolRegistry.Objection(spec.Define(options.Value)) is { } objection)
            faults.Add(ToolRegistry.IsValidName(spec.Name) ? "parameters" : "name", objection);
        if (spec.HeadersRef is { } reference && !options.Value.Headers.ContainsKey(reference) && admin)
            faults.Add("headers_ref", $"names nothing: Tools:Headers has no '{ApiErrors.Shorten(reference)}'");
        faults.ThrowIfAny();

        bool isPublic = await GuardedHttp.IsPublicAsync(endpoint!.Host, cancellationToken);
        // Headers hold secrets, and a trusted name lets private text out: neither is for an address of anybody's choice.
        if (!admin && (!isPublic || spec.HeadersRef is not null || options.Value.Trusted.Contains(spec.Name, StringComparer.Ordinal)))
            throw new RequestRefusedException(ApiErrors.Forbidden(
                $"The key's role is {caller.Role}; an address that is not public, headers_ref and a name of Tools:Trusted need ADMIN."));
        return spec with { AllowPrivate = !isPublic };
    }
}
