namespace HybridAgents.Api.Errors;

/// <summary>An answer that says what was wrong. Holds no secret and no internals.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A stable code, one of <see cref="ApiErrorCodes"/>.</param>
/// <param name="Message">What was wrong and what is allowed, for a person.</param>
public sealed record ApiError(int Status, string Code, string Message)
{
    /// <summary>Gets more for a program, by code; serialised as a JSON object.</summary>
    public object? Details { get; init; }

    /// <summary>Gets the field of the request that is wrong; null for none.</summary>
    public string? Field { get; init; }

    /// <summary>Gets whether the same request cannot succeed soon, though its status is one that clients repeat.</summary>
    public bool Permanent { get; init; }

    /// <summary>Gets the methods that the path has, where another one was used; null elsewhere.</summary>
    public string? Allowed { get; init; }

    /// <summary>Gets how long to wait before the same request may succeed; null when waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The stable codes of errors.</summary>
public static class ApiErrorCodes
{
    public const string ValidationError = "validation_error";
    public const string AuthError = "auth_error";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string RequestTimeout = "request_timeout";
    public const string Conflict = "conflict";
    public const string IdempotencyInProgress = "idempotency_in_progress";
    public const string PayloadTooLarge = "payload_too_large";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string BudgetExceeded = "budget_exceeded";
    public const string Unavailable = "unavailable";
    public const string SystemError = "system_error";
}

/// <summary>One thing wrong with a request.</summary>
/// <param name="Path">Where, such as <c>agent_config.tools[0]</c>; <c>body</c> for the whole, <c>query.x</c> and <c>header.x</c> outside it.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record FieldFault(string Path, string Message);
