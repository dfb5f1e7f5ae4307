using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Cli.Tests.Support;

/// <summary>A real HTTP server that speaks the contract of runs, with one run whose course the test lays down.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    public const string RunId = "run_01HZZZZZZZZZZZZZZZZZZZZZZZ";

    private readonly WebApplication _app;
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _events = [];
    private int _connections;

    private WireServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Gets every request: method and path with query, key, body.</summary>
    public ConcurrentQueue<(string Line, string? Key, JsonNode? Body)> Requests { get; } = new();

    /// <summary>Gets a task that ends when the stream has come to its last event.</summary>
    public Task Watched => _watched.Task;

    /// <summary>Gets or sets the status document's fields beside the id.</summary>
    public JsonObject Status { get; set; } = Completed("42");

    /// <summary>Gets or sets the transcript.</summary>
    public JsonArray Messages { get; set; } = [];

    /// <summary>Gets or sets the list's page.</summary>
    public JsonObject Page { get; set; } = new() { ["runs"] = new JsonArray(), ["cursor"] = null };

    /// <summary>Gets or sets an error that every request but the health check gets.</summary>
    public (HttpStatusCode Status, string Code)? Error { get; set; }

    /// <summary>Gets or sets how connections of the event stream break, one entry each: after so many events, in the middle of the next line.</summary>
    public int[] Cuts { get; set; } = [];

    /// <summary>Gets or sets whether a break resets the connection, which may also take back what was sent just before; otherwise the answer just ends.</summary>
    public bool CutsByReset { get; set; }

    /// <summary>Gets or sets what the stream waits for before its last event.</summary>
    public Task BeforeLast { get; set; } = Task.CompletedTask;

    /// <summary>Gets a task that ends when the run is cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    public static async Task<WireServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        WireServer server = new(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Address = app.Urls.First();
        return server;
    }

    public static JsonObject Completed(string answer) => new()
    {
        ["status"] = "completed",
        ["result"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = answer }, ["finish_reason"] = "stop" },
        ["usage"] = new JsonObject { ["total_tokens"] = 7, ["prompt_tokens"] = 3, ["completion_tokens"] = 4, ["model_calls"] = 1, ["tool_calls"] = 0, ["cost_usd"] = 0.0125 },
    };

    public static JsonObject Failed(string code, string message) =>
        new() { ["status"] = "failed", ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };

    /// <summary>Adds an event; its sequence is its place.</summary>
    public WireServer Add(string type, object? fields = null)
    {
        JsonObject item = new() { ["sequence"] = _events.Count + 1, ["type"] = type, ["run_id"] = RunId, ["time"] = "2026-01-01T00:00:00Z" };
        if (fields is not null)
        {
            foreach ((string name, JsonNode? value) in JsonSerializer.SerializeToNode(fields)!.AsObject().ToList())
                item[name] = value?.DeepClone();
        }

        _events.Add(item.ToJsonString());
        return this;
    }

    public WireServer AddDelta(string text, int attempt = 1) => Add("message.delta", new { message_id = "m1", attempt, index = 0, delta = text });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        string body = await reader.ReadToEndAsync();
        Requests.Enqueue(($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}", http.Request.Headers.Authorization, body.Length == 0 ? null : JsonNode.Parse(body)));
        string path = http.Request.Path.Value!;
        if (path == "/api/health")
            await http.Response.WriteAsync("""{"status":"ok"}""");
        else if (Error is { } error)
            await RefuseAsync(http, error.Status, error.Code);
        else if (path.EndsWith("/events", StringComparison.Ordinal))
            await SendEventsAsync(http);
        else if (path.EndsWith("/messages", StringComparison.Ordinal))
            await http.Response.WriteAsync(new JsonObject { ["messages"] = Messages.DeepClone() }.ToJsonString());
        else if (path == "/api/v1/agents/runs")
            await http.Response.WriteAsync(Page.ToJsonString());
        else if (path == "/api/v1/agents/run")
            await AcceptAsync(http);
        else if (path.EndsWith(RunId, StringComparison.Ordinal))
            await ShowAsync(http, cancel: path.Contains("/cancel/", StringComparison.Ordinal));
        else
            await RefuseAsync(http, HttpStatusCode.NotFound, "not_found");
    }

    private static Task AcceptAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return http.Response.WriteAsync($$"""{"run_id":"{{RunId}}","status":"queued"}""");
    }

    private Task ShowAsync(HttpContext http, bool cancel)
    {
        if (cancel)
            _cancelled.TrySetResult();
        JsonObject document = Status.DeepClone().AsObject();
        document["run_id"] = RunId;
        document.TryAdd("last_event", _events.Count);
        return http.Response.WriteAsync(document.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext http, HttpStatusCode status, string code)
    {
        http.Response.StatusCode = (int)status;
        return http.Response.WriteAsync($$$"""{"error":{"code":"{{{code}}}","message":"It was refused.","details":{},"remediation":{},"correlation_id":"c1"}}""");
    }

    private async Task SendEventsAsync(HttpContext http)
    {
        int connection = Interlocked.Increment(ref _connections) - 1;
        int after = int.Parse(http.Request.Query["starting_after"]!, System.Globalization.CultureInfo.InvariantCulture);
        if (after >= _events.Count)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/x-ndjson";
        int sent = 0;
        foreach (string line in _events.Skip(after))
        {
            if (connection < Cuts.Length && sent++ == Cuts[connection])
            {
                await http.Response.WriteAsync(line[..(line.Length / 2)]);
                await http.Response.Body.FlushAsync();
                if (CutsByReset)
                    http.Abort();
                return;
            }

            if (line == _events[^1])
            {
                _watched.TrySetResult();
                await BeforeLast.WaitAsync(http.RequestAborted);
            }

            await http.Response.WriteAsync($"{line}\n");
            await http.Response.Body.FlushAsync();
        }
    }
}
