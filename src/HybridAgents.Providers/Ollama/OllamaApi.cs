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

    /// <summary>How long a description may take. Calls wait for it before any limit of theirs begins.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Opens a chat; the caller disposes the response, which closes the socket unless it was read to its end.</summary>
    public Task<HttpResponseMessage> ChatAsync(ModelRef model, OllamaChatRequest request, CancellationToken cancellationToken) =>
        OpenAsync(model, "api/chat", JsonContent.Create(request, OllamaJson.Default.OllamaChatRequest), cancellationToken);

    /// <summary>Opens the progress of a pull, like a chat.</summary>
    public Task<HttpResponseMessage> PullAsync(ModelRef model, CancellationToken cancellationToken) =>
        OpenAsync(model, "api/pull", JsonContent.Create(new(model.Model), OllamaJson.Default.OllamaPullRequest), cancellationToken);

    public Task<OllamaRunning> RunningAsync(ModelRef model, CancellationToken cancellationToken) =>
        AskAsync(model, new HttpRequestMessage(HttpMethod.Get, "api/ps"), OllamaJson.Default.OllamaRunning, cancellationToken);

    public Task<OllamaTags> TagsAsync(ModelRef model, CancellationToken cancellationToken) =>
        AskAsync(model, new HttpRequestMessage(HttpMethod.Get, "api/tags"), OllamaJson.Default.OllamaTags, cancellationToken);

    public Task<OllamaEmbedding> EmbedAsync(ModelRef model, OllamaEmbedRequest request, CancellationToken cancellationToken) => AskAsync(
        model, new HttpRequestMessage(HttpMethod.Post, "api/embed") { Content = JsonContent.Create(request, OllamaJson.Default.OllamaEmbedRequest) }, OllamaJson.Default.OllamaEmbedding, cancellationToken);

    /// <summary>What the server knows of a model; null if it does not have it.</summary>
    public async Task<OllamaShow?> ShowAsync(ModelRef model, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            JsonContent content = JsonContent.Create(new OllamaShowRequest(model.Model), OllamaJson.Default.OllamaShowRequest);
            return await AskAsync(model, new(HttpMethod.Post, "api/show") { Content = content }, OllamaJson.Default.OllamaShow, either.Token);
        }
        catch (ProviderException error) when (error.Fault == ProviderFault.ModelNotFound)
        {
            return null;
        }
        catch (OperationCanceledException error) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(model, ProviderFault.Timeout, $"The server did not describe {model.Model} within {Patience.TotalSeconds} s.", error);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(ModelRef model, string path, JsonContent content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, path) { Content = content };
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
