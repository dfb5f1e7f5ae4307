using HybridAgents.Api.Errors;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Chat;

/// <summary>Turns a failed chat into an answer.</summary>
internal static class ChatErrors
{
    public static ApiError Of(ChatException failure) => new(StatusOf(failure.Error.Code), failure.Error.Code, failure.Error.Message)
    {
        Details = failure.Error.Details,
        Field = failure.Field,
        RetryAfter = failure.RetryAfter,
        // The candidates and their retries are used up: a client that repeats at once repeats all of that.
        Permanent = failure.Exhausted || failure.Error.Code == RunErrorCodes.BudgetExceeded,
    };

    private static int StatusOf(string code) => code switch
    {
        ChatErrorCodes.ModelNotFound => StatusCodes.Status404NotFound,
        ChatErrorCodes.ParameterNotSupported or ChatErrorCodes.Rejected or RunErrorCodes.ContextLengthExceeded or RunErrorCodes.ToolNotSupported => StatusCodes.Status400BadRequest,
        RunErrorCodes.PrivacyUnsatisfiable => StatusCodes.Status422UnprocessableEntity,
        RunErrorCodes.BudgetExceeded or ChatErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
        RunErrorCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RunErrorCodes.ProviderTimeout => StatusCodes.Status504GatewayTimeout,
        RunErrorCodes.ProviderError => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status500InternalServerError,
    };
}
