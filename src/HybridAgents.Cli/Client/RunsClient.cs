using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HybridAgents.Cli.Client;

/// <summary>The routes of agent runs. Every request may be repeated safely, and is when the connection fails: a start carries an idempotency key.</summary>
/// <remarks>Throws <see cref="ServerException"/> for an error answer and <see cref="CliException"/> when the server cannot be reached.</remarks>
internal sealed class RunsClient(HttpClient http, TimeProvider time)
{
    private const int Tries = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    /// <summary>How long the server is asked to wait for another status.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(30);

    /// <summary>Gets where the server is.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>Starts a run; the answer names it.</summary>
    public Task<JsonElement> StartAsync(JsonObject request, CancellationToken cancellationToken)
    {
        string key = Guid.NewGuid().ToString("N");
        return ReadAsync(
            () => new(HttpMethod.Post, "api/v1/agents/run") { Content = JsonContent.Create(request), Headers = { { "Idempotency-Key", key } } }, AnswerWithin, cancellationToken);
    }

    public async Task<RunDocument> GetAsync(string runId, CancellationToken cancellationToken) =>
        new(await ReadAsync(() => new(HttpMethod.Get, $"api/v1/agents/status/{runId}"), AnswerWithin, cancellationToken));

    /// <summary>Reads a run when its status has changed, or after half a minute.</summary>
    public async Task<RunDocument> WaitAsync(string runId, CancellationToken cancellationToken) => new(await ReadAsync(
        () => new(HttpMethod.Get, $"api/v1/agents/status/{runId}?wait={LongPoll.TotalSeconds}"), LongPoll + AnswerWithin, cancellationToken));

    public async Task<RunDocument> CancelAsync(string runId, string? reason, bool force, CancellationToken cancellationToken) => new(await ReadAsync(
        () => new(HttpMethod.Post, $"api/v1/agents/cancel/{runId}") { Content = JsonContent.Create(new JsonObject { ["reason"] = reason, ["force"] = force }) },
        AnswerWithin,
        cancellationToken));

    /// <param name="query">The query string, with its question mark, or empty.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<JsonElement> ListAsync(string query, CancellationToken cancellationToken) =>
        ReadAsync(() => new(HttpMethod.Get, $"api/v1/agents/runs{query}"), AnswerWithin, cancellationToken);

    public Task<JsonElement> MessagesAsync(string runId, CancellationToken cancellationToken) =>
        ReadAsync(() => new(HttpMethod.Get, $"api/v1/agents/runs/{runId}/messages"), AnswerWithin, cancellationToken);

    /// <summary>Opens the events after <paramref name="after"/> as JSON lines, once: who watches decides about another try. Null when the run has ended and nothing is left.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="TimeoutException">It did not begin to answer in time.</exception>
    public async Task<HttpResponseMessage?> OpenEventsAsync(string runId, long after, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"api/v1/agents/runs/{runId}/events?starting_after={after}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, AnswerWithin, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
            return response;
        using (response)
            return response.StatusCode == HttpStatusCode.NoContent ? null : throw await ServerException.ReadAsync(response, cancellationToken);
    }

    /// <summary>Whether a HybridAgents server listens; null if something else does.</summary>
    public async Task<bool?> IsServingAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "api/health");
            using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, TimeSpan.FromSeconds(2), cancellationToken);
            return response.IsSuccessStatusCode && (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).Text("status") == "ok" ? true : null;
        }
        catch (HttpRequestException error) when (error.HttpRequestError != HttpRequestError.InvalidResponse)
        {
            return false; // Refused, or cut by a server that is just ending.
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Sends a request that may be repeated, and reads its answer.</summary>
    /// <param name="make">Makes the request, once for each try.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<JsonElement> ReadAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken) => ReadAsync(make, AnswerWithin, cancellationToken);

    private async Task<JsonElement> ReadAsync(Func<HttpRequestMessage> make, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using HttpRequestMessage request = make();
                using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, limit, cancellationToken);
                return response.IsSuccessStatusCode
                    ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
                    : throw await ServerException.ReadAsync(response, cancellationToken);
            }
            catch (Exception error) when (error is HttpRequestException or TimeoutException && attempt < Tries)
            {
                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), time, cancellationToken);
            }
            catch (Exception error) when (error is HttpRequestException or TimeoutException)
            {
                throw new CliException(ExitCodes.Unavailable, $"The server at {Address} cannot be reached: {error.Message}{(Address.IsLoopback ? "; is it running (dotnet run --project src/HybridAgents.Local)?" : "")}");
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new CliException(ExitCodes.Failure, $"What {Address} answered is not the API of HybridAgents; --server names another.");
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await http.SendAsync(request, completion, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {limit.TotalSeconds} s");
        }
    }
}
