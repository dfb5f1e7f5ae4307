using System.Text.Json;
using HybridAgents.Providers.Http;

namespace HybridAgents.Providers.Anthropic;

/// <summary>A refusal with what the SDK's own exceptions leave out: how long to wait, and the request's id.</summary>
internal sealed class AnthropicRefusedException(int status, string message, TimeSpan? retryAfter, string? requestId) : Exception(message)
{
    public int Status => status;

    public TimeSpan? RetryAfter => retryAfter;

    public string? RequestId => requestId;
}

/// <summary>Reads refusals before the SDK does.</summary>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class AnthropicRefusals(TimeProvider time) : DelegatingHandler
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <exception cref="AnthropicRefusedException">The answer is a refusal.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            string message = MessageOf(await ErrorBody.ReadAsync(response, MaxErrorBytes, cancellationToken));
            throw new AnthropicRefusedException(
                (int)response.StatusCode, message, StatusFaults.RetryAfterOf(Header(response, "Retry-After"), time.GetUtcNow()), Header(response, "request-id"));
        }
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static string MessageOf(string body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error").GetProperty("message").GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return body; // Not from the service itself, but from something in front of it.
        }
    }
}
