using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Net;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Mcp;
using HybridAgents.Orchestrations.Mcp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Mcp;

/// <summary>MCP servers as sources of tools.</summary>
public sealed class McpServerRoutes(McpServers servers, IOptions<ToolOptions> options) : IApiRoutes
{
    private const string All = "/api/v1/tools/mcp-servers";

    private static readonly ObjectSchema Body = new(
        new Field("name", new TextSchema(1, 31), Required: true),
        new Field("url", new TextSchema(1, 2000)),
        new Field("command", new TextSchema(1, 1000)),
        new Field("arguments", new ListSchema(new TextSchema(0, 1000), 0, 50)),
        new Field("headers_ref", new TextSchema(1, 64)),
        new Field("trusted", new FlagSchema()),
        new Field("approval", TextSchema.OneOf("on_request", "always")),
        new Field("timeout_seconds", new IntegerSchema(1, 300)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListMcpServers", "GET", All, ApiAccess.Read, ListAsync)
        {
            Tag = "Tools", Summary = "Lists the MCP servers, whether they answer, and their tools.", Answers = [new(200, typeof(McpServerList), "The servers.")],
        },
        new("AddMcpServer", "POST", All, ApiAccess.Write, AddAsync)
        {
            Tag = "Tools",
            Summary = "Adds an MCP server: `url` for streamable HTTP, or `command` and `arguments` for a program. Its tools are named `{name}_{tool}`. Only an administrator may add an address that is not public, a program (and only where `Tools:AllowMcpCommands` is set), `headers_ref`, or a server that private text may go to (`trusted`).",
            Body = Body, Answers = [new(201, typeof(McpServerView), "The server.")], Errors = [409, 413],
        },
        new("DeleteMcpServer", "DELETE", $"{All}/{{name}}", ApiAccess.Write, DeleteAsync)
        {
            Tag = "Tools", Summary = "Removes an MCP server and its tools; those of the configuration stay.", Answers = [new(204, null, "It is gone.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        IReadOnlyList<McpServerState> all = await servers.ListAsync(ApiCaller.Of(http).Tenant, http.RequestAborted);
        return ApiResults.Json(new McpServerList([.. all.Select(McpServerView.From)]));
    }

    private async Task<IResult> AddAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        ApiCaller caller = ApiCaller.Of(http);
        McpServerSpec spec = await ReadAsync(body.Root, caller, http.RequestAborted);
        if (!await servers.AddAsync(caller.Tenant, spec, http.RequestAborted))
            return ApiResults.Error(ApiErrors.Conflict($"There is an MCP server '{spec.Name}' already, or there are {McpServers.MaxServers} of them."));
        http.Response.Headers.Location = All;
        IReadOnlyList<McpServerState> all = await servers.ListAsync(caller.Tenant, http.RequestAborted);
        return ApiResults.Json(McpServerView.From(all.First(server => server.Server.Name == spec.Name)), StatusCodes.Status201Created);
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        string name = http.RouteValue("name");
        return await servers.RemoveAsync(ApiCaller.Of(http).Tenant, name, http.RequestAborted)
            ? Results.NoContent()
            : ApiResults.Error(ApiErrors.NotFound($"There is no MCP server '{ApiErrors.Shorten(name)}' that was added here."));
    }

    private async Task<McpServerSpec> ReadAsync(JsonElement body, ApiCaller caller, CancellationToken cancellationToken)
    {
        Faults faults = new();
        Uri? url = null;
        if (body.Text("url") is { } address && !Uri.TryCreate(address, UriKind.Absolute, out url))
            faults.Add("url", "must be an absolute http or https address without user information");
        McpServerSpec spec = new()
        {
            Name = body.Text("name")!,
            Url = url,
            Command = body.Text("command"),
            Arguments = [.. body.Items("arguments").Select(static argument => argument.GetString()!)],
            HeadersRef = body.Text("headers_ref"),
            Trusted = body.Flag("trusted") ?? false,
            Approval = body.Text("approval") == "always" ? ToolApproval.Always : ToolApproval.OnRequest,
            TimeoutSeconds = body.Integer("timeout_seconds") ?? 60,
        };
        faults.ThrowIfAny();
        foreach ((string field, string message) in spec.Faults())
            faults.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(field), message);
        if (spec.HeadersRef is { } reference && !options.Value.Headers.ContainsKey(reference) && caller.Role == ApiRole.ADMIN)
            faults.Add("headers_ref", $"names nothing: Tools:Headers has no '{ApiErrors.Shorten(reference)}'");
        faults.ThrowIfAny();

        bool isPublic = url is not null && await GuardedHttp.IsPublicAsync(url.Host, cancellationToken);
        if (caller.Role != ApiRole.ADMIN && (!isPublic || spec.HeadersRef is not null || spec.Trusted))
            throw new RequestRefusedException(ApiErrors.Forbidden(
                $"The key's role is {caller.Role}; a program, an address that is not public, headers_ref and trusted need ADMIN."));
        // A program has the rights of this host, of all tenants: whoever runs the host decides whether keys may start any.
        if (spec.Command is not null && !options.Value.AllowMcpCommands)
            throw new RequestRefusedException(ApiErrors.Forbidden("Programs are not started by the API here; Tools:AllowMcpCommands allows it, and Tools:Mcp names them in the configuration."));
        return spec with { AllowPrivate = !isPublic };
    }
}
