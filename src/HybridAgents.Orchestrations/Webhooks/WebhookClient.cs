using System.Globalization;
using System.Net;
using HybridAgents.Core.Net;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Webhooks;

/// <summary>Posts webhooks: no redirects, no proxy, no cookies, and to public addresses only, checked for the address that is connected to.</summary>
internal sealed class WebhookClient : IDisposable
{
    private static readonly TimeSpan TotalLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;

    public WebhookClient(IOptions<WebhookOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        _http = new(GuardedHttp.Create(_options.AllowPrivate ? PublicAddress.Any : PublicAddress.Is)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts a message; returns when it was taken.</summary>
    /// <exception cref="NonRetriableException">It was refused for good, or must not be sent there.</exception>
    /// <exception cref="HttpRequestException">It was not taken, and may be later.</exception>
    /// <exception cref="TimeoutException">No answer came within 10 s.</exception>
    public async Task PostAsync(Uri url, Cleared<WebhookMessage> message, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(TotalLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using HttpRequestMessage request = RequestOf(url, message.Value);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode)
                throw Refusal(answer.StatusCode);
        }
        catch (HttpRequestException error) when (error.InnerException is PrivateAddressException)
        {
            throw new NonRetriableException("The receiver has no public address; Webhooks:AllowPrivate allows others.", error);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The receiver gave no answer within {TotalLimit.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(Uri url, WebhookMessage message)
    {
        long timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent(message.Body) { Headers = { ContentType = new("application/json") } } };
        request.Headers.Add("Idempotency-Key", message.Id);
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        if (_options.Secret is { } secret)
            request.Headers.Add("webhook-signature", message.Sign(secret, timestamp));
        return request;
    }

    /// <summary>What a later attempt cannot change is final: redirects and the faults that receivers call ours.</summary>
    private static Exception Refusal(HttpStatusCode status)
    {
        string message = $"The receiver answered {(int)status}.";
        return (int)status is >= 500 or 408 or 409 or 425 or 429 ? new HttpRequestException(message, null, status) : new NonRetriableException(message);
    }
}
