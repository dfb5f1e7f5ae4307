using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Errors;

/// <summary>
/// What routes in OpenAI's form do differently: <c>x-request-id</c> on every answer, and errors with the fields, codes and statuses that OpenAI's clients know
/// (a bad key is <c>invalid_api_key</c>; what the request itself cannot have is 400).
/// </summary>
internal static class OpenAIDialect
{
    private const string RequestId = "x-request-id";

    private const string InvalidApiKey = "invalid_api_key";

    /// <summary>Speaks the dialect from here on.</summary>
    public static void Begin(HttpContext http)
    {
        http.Items[typeof(OpenAIDialect)] = true;
        http.Response.Headers[RequestId] = http.TraceIdentifier;
    }

    /// <summary>Whether the answer is to be in this dialect.</summary>
    public static bool IsSpoken(HttpContext http) => http.Items.ContainsKey(typeof(OpenAIDialect));

    /// <summary>The error as the request's dialect has it, and the fields beside ours; null where the dialect is our own.</summary>
    public static ApiError Translate(HttpContext http, ApiError error, out OpenAIErrorFields? fields)
    {
        fields = null;
        if (!IsSpoken(http))
            return error;
        if (!http.Response.HasStarted)
            http.Response.Headers[RequestId] = http.TraceIdentifier;
        fields = new(TypeOf(error.Status), error.Field);
        return error.Code == ApiErrorCodes.AuthError ? error with { Code = InvalidApiKey } : error;
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status403Forbidden => "permission_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}

/// <summary>The fields of OpenAI's errors that ours do not have.</summary>
/// <param name="Type">The class of the error.</param>
/// <param name="Param">The field of the request; null for none.</param>
internal sealed record OpenAIErrorFields(string Type, string? Param);
