using System.Globalization;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Pipeline;

namespace HybridAgents.Providers.Http;

/// <summary>Reads a refusal by its HTTP status.</summary>
internal static class StatusFaults
{
    private static readonly string[] ContextWords = ["context length", "context_length", "context window", "maximum context", "too many tokens", "exceeds the available context"];

    /// <param name="model">The model that was called.</param>
    /// <param name="status">The status.</param>
    /// <param name="message">What the provider said.</param>
    /// <param name="secret">Cut out of the message, should the provider repeat it.</param>
    /// <param name="retryAfter">How long to wait, if it said so.</param>
    /// <param name="requestId">Its id of the request, if it gave one.</param>
    public static ProviderException Create(ModelRef model, int status, string message, string? secret, TimeSpan? retryAfter = null, string? requestId = null)
    {
        string text = TransportFaults.Bounded(string.IsNullOrEmpty(secret) ? message : message.Replace(secret, "***", StringComparison.Ordinal));
        return new(model, FaultOf(status, message), text.Length == 0 ? $"The provider answered {status}." : text)
        {
            StatusCode = status,
            RetryAfter = retryAfter,
            RequestId = requestId,
        };
    }

    /// <summary>The wait that the headers ask for: whole or broken seconds, or a date.</summary>
    public static TimeSpan? RetryAfterOf(string? value, DateTimeOffset now)
    {
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < TimeSpan.MaxValue.TotalSeconds)
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks))
            : null;
    }

    private static ProviderFault FaultOf(int status, string message) => status switch
    {
        401 or 403 => ProviderFault.Unauthorized,
        404 => ProviderFault.ModelNotFound,
        408 => ProviderFault.Timeout,
        429 => ProviderFault.RateLimited,
        >= 500 => ProviderFault.ServerError,
        400 or 413 or 422 when ContextWords.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase)) => ProviderFault.ContextLengthExceeded,
        _ => ProviderFault.Rejected,
    };
}
