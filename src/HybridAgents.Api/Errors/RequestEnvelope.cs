using HybridAgents.Api.Correlation;
using HybridAgents.Api.Requests;
using HybridAgents.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Api.Errors;

/// <summary>Goes around every request: gives it a correlation id and turns whatever goes wrong into the error envelope.</summary>
public sealed partial class RequestEnvelope(ILogger<RequestEnvelope> logger)
{
    /// <summary>Runs <paramref name="next"/>. Never throws for a fault of the request or of the server.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        using IDisposable? scope = logger.BeginScope("correlation_id:{CorrelationId}", CorrelationId.Assign(http));
        try
        {
            await next(http);
            if (!http.Response.HasStarted && Unanswered(http) is { } missing)
            {
                if (http.Request.Path.StartsWithSegments("/v1"))
                    OpenAIDialect.Begin(http); // No route has: whoever asks below this path is a client of OpenAI's.
                await WriteAsync(http, missing);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            ApiError answer = ErrorOf(http, error);
            if (answer.Status == StatusCodes.Status500InternalServerError)
                LogUnexpected(error, http.Request.Method, http.Request.Path);
            http.Response.Clear();
            http.Response.Headers[CorrelationId.Header] = http.TraceIdentifier;
            await WriteAsync(http, answer);
        }
        catch (Exception error)
        {
            LogBroken(error, http.Request.Method, http.Request.Path);
            http.Abort(); // Part of the answer has gone out: a cut connection is the only honest end.
        }
    }

    private static Task WriteAsync(HttpContext http, ApiError error) => new ErrorResult(error).ExecuteAsync(http);

    /// <summary>Routing answers an unknown path or method with a bare status.</summary>
    private static ApiError? Unanswered(HttpContext http) => http.Response is { ContentType: null, ContentLength: null or 0 } response
        ? response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiErrors.NotFound($"There is nothing at '{ApiErrors.Shorten(http.Request.Path)}'; /openapi/v1.json lists what there is."),
            StatusCodes.Status405MethodNotAllowed => ApiErrors.MethodNotAllowed(http.Request.Method, response.Headers.Allow.ToString()),
            _ => null,
        }
        : null;

    private static ApiError ErrorOf(HttpContext http, Exception error) => error switch
    {
        RequestRefusedException refused => refused.Error,
        EngineBusyException busy => ApiErrors.Unavailable(busy.Message, busy.RetryAfter),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ApiErrors.PayloadTooLarge(OpenAIDialect.IsSpoken(http) ? JsonBody.OpenAILimit : JsonBody.NativeLimit),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => ApiErrors.RequestTimeout(),
        BadHttpRequestException bad => ApiErrors.Invalid("body", bad.Message),
        _ => ApiErrors.System(),
    };

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogUnexpected(Exception error, string method, string path);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "{Method} {Path} broke off in the middle of its answer")]
    private partial void LogBroken(Exception error, string method, string path);
}
