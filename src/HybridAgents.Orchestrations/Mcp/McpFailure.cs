using System.Net;
using ModelContextProtocol;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>A call that ended without the server's answer.</summary>
/// <param name="MayHaveHappened">Whether the server may have carried it out all the same.</param>
internal sealed record McpFailure(bool MayHaveHappened)
{
    /// <summary>What an exception means; null if it does not mean that the connection failed.</summary>
    public static McpFailure? Of(Exception error)
    {
        HttpRequestException? http = error as HttpRequestException ?? error.InnerException as HttpRequestException;
        if (http is { StatusCode: HttpStatusCode.NotFound } or { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError })
            return new(MayHaveHappened: false); // No such session, or no connection at all.
        return http is not null || error is McpException or IOException or System.Text.Json.JsonException or InvalidOperationException or OperationCanceledException ? new(MayHaveHappened: true) : null;
    }
}
