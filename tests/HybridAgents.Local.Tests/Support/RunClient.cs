using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace HybridAgents.Local.Tests.Support;

/// <summary>Starts and watches runs over HTTP, as any client would.</summary>
internal sealed class RunClient : IDisposable
{
    public RunClient(Uri url, string? key)
    {
        Http = new() { BaseAddress = url, Timeout = TimeSpan.FromSeconds(40) };
        if (key is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    public static string Body(string text, string rest = "") => $$"""{"messages":[{"role":"user","content":"{{text}}"}]{{rest}}}""";

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
        return JsonElement.Parse(text);
    }

    /// <summary>Every event up to the end of the stream.</summary>
    public async Task<List<JsonElement>> EventsAsync(string runId, long startingAfter = 0)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/agents/runs/{runId}/events?starting_after={startingAfter}");
        request.Headers.Add("Accept", "application/x-ndjson");
        using HttpResponseMessage answer = await Http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))];
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
