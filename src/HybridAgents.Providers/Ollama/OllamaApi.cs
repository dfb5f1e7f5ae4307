using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Pipeline;

namespace HybridAgents.Providers.Ollama;

/// <summary>The server's HTTP interface: requests, and refusals as exceptions.</summary>
/// <param name="http">Its base address is the server's.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OllamaApi(HttpClient http, TimeProvider time)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>Opens a chat; the caller disposes the response, which closes the socket unless it was read to its end.</summary>
    public async Task<HttpResponseMessage> ChatAsync(ModelRef model, OllamaChatRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, "api/chat") { Content = JsonContent.Create(request, OllamaJson.Default.OllamaChatRequest) };
        HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            await DemandSuccessAsync(model, response, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public Task<OllamaTags> TagsAsync(ModelRef model, CancellationToken cancellationToken) =>
        AskAsync(model, new HttpRequestMessage(HttpMethod.Get, "api/tags"), OllamaJson.Default.OllamaTags, cancellationToken);

    /// <summary>What the server knows of a model; null if it does not have it.</summary>
    public async Task<OllamaShow?> ShowAsync(ModelRef model, CancellationToken cancellationToken)
    {
        try
        {
            JsonContent content = JsonContent.Create(new OllamaShowRequest(model.Model), OllamaJson.Default.OllamaShowRequest);
            return await AskAsync(model, new(HttpMethod.Post, "api/show") { Content = content }, OllamaJson.Default.OllamaShow, cancellationToken);
        }
        catch (ProviderException error) when (error.Fault == ProviderFault.ModelNotFound)
        {
            return null;
        }
    }

    private async Task<T> AskAsync<T>(ModelRef model, HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                await DemandSuccessAsync(model, response, cancellationToken);
                return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException("null");
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && TransportFaults.Translate(model, error, answered: false) is { } fault)
            {
                throw fault;
            }
        }
    }

    private async Task DemandSuccessAsync(ModelRef model, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.OK)
            return;
        TimeSpan? retryAfter = response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values)
            ? StatusFaults.RetryAfterOf(values.FirstOrDefault(), time.GetUtcNow())
            : null;
        throw StatusFaults.Create(model, (int)response.StatusCode, await ReadErrorAsync(response, cancellationToken), secret: null, retryAfter);
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await ErrorBody.ReadAsync(response, MaxErrorBytes, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body, OllamaJson.Default.OllamaError)?.Error ?? "";
        }
        catch (JsonException)
        {
            return body; // Not from the server itself, but from something in front of it.
        }
    }
}
