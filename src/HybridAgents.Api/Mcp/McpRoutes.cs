using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace HybridAgents.Api.Mcp;

/// <summary>The engine as an MCP server: streamable HTTP, stateless, each agent a tool.</summary>
public sealed class McpRoutes(McpAgents agents) : IApiRoutes
{
    private const string Path = "/mcp";
    private const string VersionHeader = "MCP-Protocol-Version";

    /// <summary>From this revision on there is no handshake, and a client that closes the stream has cancelled; before it, that meant nothing.</summary>
    private const string StreamIsTheCall = "2026-07-28";

    private static readonly AnyObjectSchema Body = new(JsonBody.NativeLimit);

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("Mcp", "POST", Path, ApiAccess.Write, HandleAsync)
        {
            Tag = "MCP", Summary = "Takes one JSON-RPC message of the Model Context Protocol (streamable HTTP, stateless). Each agent is a tool that takes `message`.", Body = Body,
            Answers = [new(200, null, "The answer, as events.", "text/event-stream"), new(202, null, "A message that has no answer was taken.")], Errors = [413],
        },
        new("McpStream", "GET", Path, ApiAccess.Write, static http => Task.FromResult(NoStream(http)))
        {
            Tag = "MCP", Summary = "Says that there is no stream of unasked messages, as the protocol allows.", Answers = [new(405, null, "There is none.")],
        },
    ];

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        RefuseOtherSites(http.Request);
        JsonRpcMessage message = await ReadAsync(http);
        string version = http.Request.Headers[VersionHeader].ToString();
        if (version.Length > 0)
            (message.Context ??= new()).ProtocolVersion = version;
        McpCaller caller = new(ApiCaller.Of(http).ToRunCaller(), CancelsByClosing: string.CompareOrdinal(version, StreamIsTheCall) >= 0);
        await using StreamableHttpServerTransport transport = new() { Stateless = true };
        await using McpServer server = McpServer.Create(transport, agents.OptionsFor(caller));
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        Task running = server.RunAsync(ended.Token);
        try
        {
            Stream events = Events(http);
            if (await transport.HandlePostRequestAsync(message, events, http.RequestAborted))
                return Results.Empty;
            http.Response.Headers.ContentType = default;
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        finally
        {
            await ended.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // It ends because it was told to.
        }
    }

    private static Stream Events(HttpContext http)
    {
        http.Response.Headers.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return http.Response.Body;
    }

    /// <summary>A web page that has got hold of a key, or reaches a host without keys by a name of its own, is refused; clients that are no browsers send no Origin.</summary>
    private static void RefuseOtherSites(HttpRequest request)
    {
        if (request.Headers.Origin is not [{ } origin, ..])
            return;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? site) || (!ApiAuthenticator.IsLoopback(site.Host) && site.Authority != request.Host.Value))
            throw new RequestRefusedException(ApiErrors.Forbidden("The header Origin names another site; allowed are this host and loopback addresses."));
    }

    private static async Task<JsonRpcMessage> ReadAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        try
        {
            return body.Root.Deserialize<JsonRpcMessage>(McpJsonUtilities.DefaultOptions)!;
        }
        catch (JsonException)
        {
            throw new RequestRefusedException(ApiErrors.Invalid("body", "must be one JSON-RPC message"));
        }
    }

    private static IResult NoStream(HttpContext http)
    {
        http.Response.Headers.Allow = HttpMethods.Post;
        return ApiResults.Error(ApiErrors.MethodNotAllowed(http.Request.Method, HttpMethods.Post));
    }
}
