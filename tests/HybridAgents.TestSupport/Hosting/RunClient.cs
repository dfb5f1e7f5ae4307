using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace HybridAgents.TestSupport.Hosting;

/// <summary>Starts and watches runs over HTTP, as any client would.</summary>
public sealed class RunClient : IDisposable
{
    /// <summary>A name that comes twice in one object would be read differently by different clients.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="url">The host.</param>
    /// <param name="key">The API key; null on a host without keys.</param>
    /// <param name="connections">The most connections at the same time.</param>
    public RunClient(Uri url, string? key, int connections = int.MaxValue)
    {
        Http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(40) };
        if (key is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    /// <summary>A request with one user message; <paramref name="rest"/> is more JSON, such as <c>,"limits":{…}</c>.</summary>
    public static string Body(string text, string rest = "") => $$"""{"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{rest}}}""";

    public async Task<string> StartAsync(string body)
    {
        using HttpResponseMessage answer = await PostAsync("/api/v1/agents/run", body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
        return JsonElement.Parse(text).GetProperty("run_id").GetString()!;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string body, string? idempotencyKey = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await Http.SendAsync(request);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text, Strict);
    }

    /// <summary>Every event up to the end of the stream.</summary>
    public async Task<List<JsonElement>> EventsAsync(string runId, long startingAfter = 0)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/agents/runs/{runId}/events?starting_after={startingAfter}");
        request.Headers.Add("Accept", "application/x-ndjson");
        using HttpResponseMessage answer = await Http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line, Strict))];
    }

    /// <summary>Events as they come over one connection of server-sent events; the ids and names of the stream agree with the data.</summary>
    /// <exception cref="HttpRequestException">The host cannot be reached.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async IAsyncEnumerable<JsonElement> WatchAsync(string runId, long startingAfter = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/agents/runs/{runId}/events?starting_after={startingAfter}");
        using HttpResponseMessage answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        SseParser<string> parser = SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellationToken));
        await foreach (SseItem<string> item in parser.EnumerateAsync(cancellationToken))
        {
            JsonElement data = JsonElement.Parse(item.Data, Strict);
            item.EventType.ShouldBe(data.GetProperty("type").GetString());
            item.EventId.ShouldBe(data.GetProperty("sequence").GetRawText());
            yield return data;
        }
    }

    /// <summary>The lines of the server-sent events as they come, but the empty ones; none when there is nothing to send.</summary>
    public async IAsyncEnumerable<string> LinesAsync(string runId, long? lastEventId = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/agents/runs/{runId}/events");
        if (lastEventId is { } last)
            request.Headers.Add("Last-Event-ID", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }

    /// <summary>The run when it has one of the statuses.</summary>
    public async Task<JsonElement> WaitAsync(string runId, params string[] statuses)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            JsonElement run = await GetAsync($"/api/v1/agents/status/{runId}?wait=1");
            if (statuses.Contains(run.GetProperty("status").GetString()))
                return run;
        }

        throw new TimeoutException($"The run did not become {string.Join(" or ", statuses)}.");
    }

    public void Dispose() => Http.Dispose();
}
