using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Pipeline;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Reads what the SDK throws.</summary>
internal static class OpenAIFaults
{
    /// <summary>The failure as ours; null when it is none of the known ones.</summary>
    /// <param name="model">The model that was called.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="answered">Whether part of the answer had come.</param>
    /// <param name="secret">The key, cut out of what the service says.</param>
    /// <param name="now">For dates in Retry-After.</param>
    public static ProviderException? Translate(ModelRef model, Exception error, bool answered, string? secret, DateTimeOffset now) => error switch
    {
        ClientResultException refused when refused.GetRawResponse() is { } response => Refusal(model, response, secret, now),
        ClientResultException { InnerException: { } inner } => TransportFaults.Translate(model, inner, answered),
        AggregateException { InnerException: { } inner } => Translate(model, inner, answered, secret, now),
        ArgumentOutOfRangeException { ActualValue: string value } =>
            new(model, ProviderFault.Malformed, TransportFaults.Bounded($"The answer says '{value}' where OpenAI has no such value."), error),
        // How the SDK stumbles over JSON of another shape than it expects.
        InvalidOperationException or ArgumentException or FormatException or KeyNotFoundException =>
            new ProviderException(model, ProviderFault.Malformed, "The answer has not the shape that OpenAI's has.", error),
        _ => TransportFaults.Translate(model, error, answered),
    };

    private static ProviderException Refusal(ModelRef model, PipelineResponse response, string? secret, DateTimeOffset now)
    {
        string? milliseconds = Header(response, "retry-after-ms");
        TimeSpan? retryAfter = double.TryParse(milliseconds, out double wait) && wait is >= 0 and < int.MaxValue
            ? TimeSpan.FromMilliseconds(wait)
            : StatusFaults.RetryAfterOf(Header(response, "Retry-After"), now);
        return StatusFaults.Create(model, response.Status, MessageOf(response.Content), secret, retryAfter, Header(response, "x-request-id"));
    }

    private static string? Header(PipelineResponse response, string name) => response.Headers.TryGetValue(name, out string? value) ? value : null;

    private static string MessageOf(BinaryData content)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(content);
            JsonElement root = json.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 ? list[0] : json.RootElement; // Gemini wraps it.
            if (root.ValueKind != JsonValueKind.Object)
                return content.ToString();
            if (!root.TryGetProperty("error", out JsonElement error) && !root.TryGetProperty("message", out error)) // Mistral and Cohere leave the outer object out.
                return content.ToString();
            if (error.ValueKind != JsonValueKind.Object)
                return error.ToString();
            string message = error.TryGetProperty("message", out JsonElement text) ? text.ToString() : "";
            return error.TryGetProperty("code", out JsonElement code) && code.ValueKind == JsonValueKind.String ? $"{message} ({code})" : message;
        }
        catch (JsonException)
        {
            return content.ToString(); // Not from the service itself, but from something in front of it.
        }
    }
}
