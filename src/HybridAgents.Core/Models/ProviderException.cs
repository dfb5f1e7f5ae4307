using System.Text.Json.Serialization;

namespace HybridAgents.Core.Models;

/// <summary>What went wrong at a provider.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ProviderFault>))]
public enum ProviderFault
{
    /// <summary>Could not connect, or the connection broke before an answer.</summary>
    Unreachable,

    /// <summary>No connection, first token or next token in time.</summary>
    Timeout,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>The stream ended without a finish reason, or carried an error.</summary>
    StreamBroken,

    /// <summary>The answer could not be understood.</summary>
    Malformed,

    /// <summary>401 or 403: the configuration is wrong.</summary>
    Unauthorized,

    /// <summary>The provider does not have the model.</summary>
    ModelNotFound,

    /// <summary>The prompt does not fit the model's window.</summary>
    ContextLengthExceeded,

    /// <summary>Any other 4xx: the request itself is refused.</summary>
    Rejected,

    /// <summary>The circuit breaker is open: nothing was sent.</summary>
    CircuitOpen,
}

/// <summary>A model call that failed. The message holds no secret and no prompt.</summary>
/// <param name="model">The model that was called.</param>
/// <param name="fault">The kind of failure.</param>
/// <param name="message">What the provider said, bounded.</param>
/// <param name="inner">The cause.</param>
public sealed class ProviderException(ModelRef model, ProviderFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the model that was called.</summary>
    public ModelRef Model { get; } = model;

    /// <summary>Gets the kind of failure.</summary>
    public ProviderFault Fault { get; } = fault;

    /// <summary>Gets the HTTP status, if there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets how long the provider asks to wait, if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets the provider's id of the request, if it gave one.</summary>
    public string? RequestId { get; init; }

    /// <summary>Gets whether the same call may succeed later.</summary>
    public bool IsTransient => Fault is ProviderFault.Unreachable or ProviderFault.Timeout or ProviderFault.RateLimited or ProviderFault.ServerError
        or ProviderFault.StreamBroken or ProviderFault.Malformed or ProviderFault.CircuitOpen;
}
