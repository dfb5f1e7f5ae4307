using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Errors;

/// <summary>Writes the one error envelope of the contract.</summary>
public sealed class ErrorResult(ApiError error) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        ApiError answer = OpenAIDialect.Translate(httpContext, error, out OpenAIErrorFields? fields);
        response.StatusCode = answer.Status;
        if (answer.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (answer.Allowed is { } allowed)
            response.Headers.Allow = allowed;
        int? retryAfter = answer.RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;
        if (retryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (answer.Permanent)
            response.Headers["x-should-retry"] = "false";
        return response.WriteAsJsonAsync(Envelope(answer, fields, retryAfter, httpContext.TraceIdentifier), ApiJson.Options, httpContext.RequestAborted);
    }

    /// <summary>The error as one event of a stream that has begun.</summary>
    internal static object EventOf(HttpContext http, ApiError error)
    {
        ApiError answer = OpenAIDialect.Translate(http, error, out OpenAIErrorFields? fields);
        return Envelope(answer, fields, null, http.TraceIdentifier);
    }

    private static object Envelope(ApiError error, OpenAIErrorFields? fields, int? retryAfter, string correlation)
    {
        ErrorBody body = new(error.Code, error.Message, error.Details ?? new(), new(retryAfter), correlation);
        return fields is null
            ? new ErrorEnvelope(body)
            : new OpenAIErrorEnvelope(new(body.Message, fields.Type, fields.Param, body.Code, body.Details, body.Remediation, body.CorrelationId));
    }
}

/// <summary>The body of every error.</summary>
public sealed record ErrorEnvelope(ErrorBody Error);

/// <summary>What went wrong.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Message">For a person.</param>
/// <param name="Details">For a program, by code.</param>
/// <param name="Remediation">What may help.</param>
/// <param name="CorrelationId">The id under which the server's log has the request.</param>
public sealed record ErrorBody(string Code, string Message, object Details, Remediation Remediation, string CorrelationId);

/// <summary>The body of every error on routes in OpenAI's form.</summary>
public sealed record OpenAIErrorEnvelope(OpenAIErrorBody Error);

/// <summary>What went wrong, with the fields that OpenAI's clients read before ours.</summary>
/// <param name="Message">For a person.</param>
/// <param name="Type">OpenAI's class of the error.</param>
/// <param name="Param">The field of the request that is wrong; null for none.</param>
/// <param name="Code">A stable code.</param>
/// <param name="Details">For a program, by code.</param>
/// <param name="Remediation">What may help.</param>
/// <param name="CorrelationId">The id under which the server's log has the request.</param>
public sealed record OpenAIErrorBody(string Message, string Type, string? Param, string Code, object Details, Remediation Remediation, string CorrelationId);

/// <summary>What a caller can do.</summary>
/// <param name="RetryAfter">Seconds to wait before trying again; absent when waiting does not help.</param>
public sealed record Remediation([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryAfter);
