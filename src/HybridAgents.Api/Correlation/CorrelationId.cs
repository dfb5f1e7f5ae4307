using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HybridAgents.Api.Correlation;

/// <summary>The id that ties a request, its answer, its errors and its log lines together; kept as <see cref="HttpContext.TraceIdentifier"/>.</summary>
public static class CorrelationId
{
    /// <summary>The header, in requests and answers.</summary>
    public const string Header = "x-correlation-id";

    private const int MaxLength = 128;

    /// <summary>Takes the caller's id (1 to 128 visible ASCII characters) or makes one, and puts it on the answer.</summary>
    public static string Assign(HttpContext http)
    {
        StringValues given = http.Request.Headers[Header];
        string id = given.Count == 1 && IsAcceptable(given[0]) ? given[0]! : Guid.NewGuid().ToString("N");
        http.TraceIdentifier = id;
        http.Response.Headers[Header] = id;
        return id;
    }

    private static bool IsAcceptable(string? id) => id is { Length: > 0 and <= MaxLength } && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
