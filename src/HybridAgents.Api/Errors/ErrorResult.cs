using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Errors;

/// <summary>Writes the one error envelope of the contract.</summary>
public sealed class ErrorResult(ApiError error) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.StatusCode = error.Status;
        if (error.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        int? retryAfter = error.RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;
        if (retryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        ErrorEnvelope envelope = new(new(error.Code, error.Message, error.Details ?? new(), new(retryAfter), httpContext.TraceIdentifier));
        return response.WriteAsJsonAsync(envelope, ApiJson.Options, httpContext.RequestAborted);
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

/// <summary>What a caller can do.</summary>
/// <param name="RetryAfter">Seconds to wait before trying again; absent when waiting does not help.</param>
public sealed record Remediation(
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] int? RetryAfter);
