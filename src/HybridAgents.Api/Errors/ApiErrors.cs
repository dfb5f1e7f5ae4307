using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Errors;

/// <summary>The errors of the HTTP contract, one maker each.</summary>
public static class ApiErrors
{
    /// <summary>400 with every fault found.</summary>
    public static ApiError Invalid(IReadOnlyList<FieldFault> faults) =>
        new(StatusCodes.Status400BadRequest, ApiErrorCodes.ValidationError, Describe(faults)) { Details = new { fields = faults }, Field = faults[0].Path };

    /// <summary>400 with one fault.</summary>
    public static ApiError Invalid(string path, string message) => Invalid([new(path, message)]);

    public static ApiError Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, ApiErrorCodes.AuthError, message);

    public static ApiError Forbidden(string message) => new(StatusCodes.Status403Forbidden, ApiErrorCodes.Forbidden, message);

    public static ApiError NotFound(string message) => new(StatusCodes.Status404NotFound, ApiErrorCodes.NotFound, message);

    public static ApiError RunNotFound(string runId) => NotFound($"There is no run '{Shorten(runId)}'.");

    public static ApiError MethodNotAllowed(string method, string allowed) =>
        new(StatusCodes.Status405MethodNotAllowed, ApiErrorCodes.MethodNotAllowed, $"The method {Shorten(method)} is not allowed here; allowed: {allowed}.") { Allowed = allowed };

    public static ApiError RequestTimeout() => new(StatusCodes.Status408RequestTimeout, ApiErrorCodes.RequestTimeout, "The request body arrived too slowly.");

    public static ApiError Conflict(string message) => new(StatusCodes.Status409Conflict, ApiErrorCodes.Conflict, message);

    public static ApiError IdempotencyInProgress() =>
        new(StatusCodes.Status409Conflict, ApiErrorCodes.IdempotencyInProgress, "A request with this Idempotency-Key is being accepted right now.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static ApiError IdempotencyKeyReused() =>
        new(StatusCodes.Status422UnprocessableEntity, ApiErrorCodes.IdempotencyKeyReused, "This Idempotency-Key was used with another body; use a new key for a new request.");

    public static ApiError PayloadTooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, ApiErrorCodes.PayloadTooLarge, $"The request body is larger than {limit} bytes.") { Details = new { limit_bytes = limit } };

    /// <summary>429: nothing is left of a budget in its present window.</summary>
    /// <param name="owner">Whose: <c>key</c> or <c>agent</c>.</param>
    /// <param name="agentId">The agent; null unless it is an agent's.</param>
    public static ApiError BudgetExceeded(string owner, string? agentId) =>
        new(StatusCodes.Status429TooManyRequests, ApiErrorCodes.BudgetExceeded, $"Nothing is left of the {(agentId is null ? owner : $"agent '{agentId}'")}'s budget in its present window.")
        {
            Details = new { budget = owner, agent_id = agentId },
        };

    public static ApiError Unavailable(string message, TimeSpan? retryAfter = null) =>
        new(StatusCodes.Status503ServiceUnavailable, ApiErrorCodes.Unavailable, message) { RetryAfter = retryAfter };

    public static ApiError System() =>
        new(StatusCodes.Status500InternalServerError, ApiErrorCodes.SystemError, "Something went wrong on the server. Its log has the details under this correlation id.");

    /// <summary>Outside text as it may appear in a message: bounded, control characters replaced.</summary>
    public static string Shorten(string text)
    {
        ReadOnlySpan<char> head = text.AsSpan(0, Math.Min(text.Length, 64));
        return string.Concat(string.Create(head.Length, head, static (target, source) =>
        {
            for (int index = 0; index < source.Length; index++)
                target[index] = char.IsControl(source[index]) || char.IsSurrogate(source[index]) ? '?' : source[index];
        }), text.Length > 64 ? "…" : "");
    }

    private static string Describe(IReadOnlyList<FieldFault> faults) =>
        faults.Count == 1 ? $"{faults[0].Path}: {faults[0].Message}" : $"{faults[0].Path}: {faults[0].Message} ({faults.Count} faults in all)";
}

/// <summary>Ends the handling of a request with an error; for faults found deep below a handler.</summary>
public sealed class RequestRefusedException(ApiError error) : Exception(error.Message)
{
    /// <summary>Gets the answer.</summary>
    public ApiError Error { get; } = error;
}
