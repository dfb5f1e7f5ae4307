using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.TestSupport.WireServers;

/// <summary>Speaks Ollama's own interface: chat as lines of JSON, tags and show.</summary>
public sealed class OllamaWireServer : WireServer
{
    private OllamaWireServer()
    {
    }

    /// <summary>The models that the server has.</summary>
    public IList<WireModel> Models { get; } = [new("llama2:latest")];

    /// <summary>The status of the list; another than 200 makes the server look down.</summary>
    public int TagsStatus { get; set; } = 200;

    /// <summary>The lines that answer a pull.</summary>
    public IList<string> PullLines { get; } = [];

    /// <summary>Awaited before the last line of a pull.</summary>
    public Task PullGate { get; set; } = Task.CompletedTask;

    /// <summary>Lets a test wait for pulls: one is released for each.</summary>
    public SemaphoreSlim Pulls { get; } = new(0);

    protected override string ContentType => "application/x-ndjson";

    protected override string MalformedPart => "{\"model\":\"wire\",\"message\":{\"role\":\"assis\n";

    public static async Task<OllamaWireServer> StartAsync()
    {
        OllamaWireServer server = new();
        await server.StartServerAsync();
        return server;
    }

    protected override Uri EndpointOf(Uri root) => root;

    protected override void Map(WebApplication app)
    {
        app.MapPost("/api/chat", AnswerAsync);
        app.MapGet("/api/tags", TagsAsync);
        app.MapPost("/api/show", ShowAsync);
        app.MapPost("/api/pull", PullAsync);
        app.MapPost("/api/embed", EmbedAsync);
        app.MapGet("/api/ps", context => context.Response.WriteAsync(
            """{"models":[{"name":"llama2:latest","model":"llama2:latest","size":4000,"size_vram":3000,"expires_at":"2026-01-01T01:00:00.5+01:00"}]}"""));
    }

    protected override IReadOnlyList<string> Render(WireReply reply, WireRequest request)
    {
        string? model = request.Json.GetProperty("model").GetString();
        List<string> parts = [.. reply.Deltas.Select(delta => Line(new { model, created_at = "2026-01-01T00:00:00.123456Z", message = new { role = "assistant", content = delta }, done = false }))];
        if (reply.ToolCalls.Count > 0)
            parts.Add(Line(new
            {
                model,
                created_at = "2026-01-01T00:00:00.123456Z",
                done = false,
                message = new { role = "assistant", content = "", tool_calls = reply.ToolCalls.Select(call => new { function = new { name = call.Tool, arguments = Arguments(call) } }) },
            }));
        Dictionary<string, object?> last = new()
        {
            ["model"] = model,
            ["created_at"] = "2026-01-01T00:00:01Z",
            ["message"] = new { role = "assistant", content = "" },
            ["done"] = true,
            ["done_reason"] = reply.FinishReason ?? "stop",
            ["total_duration"] = 1_000_000,
        };
        if (reply.Usage is { } usage)
            (last["prompt_eval_count"], last["eval_count"]) = (usage.Prompt, usage.Completion);
        parts.Add(Line(last));
        return parts;
    }

    protected override string RenderError(string message, int status) => JsonSerializer.Serialize(new { error = message });

    protected override string RenderErrorEvent(string message) => Line(new { error = message });

    private async Task TagsAsync(HttpContext context)
    {
        context.Response.StatusCode = TagsStatus;
        await context.Response.WriteAsync(TagsStatus == 200
            ? JsonSerializer.Serialize(new { models = Models.Select(model => new { name = model.Name, model = model.Name, size = 1, remote_host = model.RemoteHost }) })
            : RenderError("no list", TagsStatus));
    }

    /// <summary>Lets a test wait for questions after models: one is released for each.</summary>
    public SemaphoreSlim Shows { get; } = new(0);

    /// <summary>Awaited before a model is described.</summary>
    public Task ShowGate { get; set; } = Task.CompletedTask;

    private async Task ShowAsync(HttpContext context)
    {
        Shows.Release();
        await ShowGate.WaitAsync(context.RequestAborted);
        using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body);
        string name = body.RootElement.GetProperty("model").GetString() ?? "";
        WireModel? model = Models.FirstOrDefault(model => model.Name == name || model.Name == $"{name}:latest");
        context.Response.StatusCode = model is null ? 404 : 200;
        await context.Response.WriteAsync(model is null ? RenderError($"model '{name}' not found", 404) : JsonSerializer.Serialize(new
        {
            capabilities = model.Capabilities,
            model_info = new Dictionary<string, object> { ["general.architecture"] = "wire", ["wire.context_length"] = model.ContextLength },
            remote_host = model.RemoteHost,
        }));
    }

    /// <summary>The vector of a text at a place: its length and its place, unless a test says otherwise.</summary>
    public Func<string, int, float[]> Embeds { get; set; } = static (text, place) => [text.Length, place];

    protected override string RenderVectors(JsonElement request, IReadOnlyList<string> texts) => JsonSerializer.Serialize(new
    {
        model = request.GetProperty("model").GetString(),
        embeddings = texts.Select((text, index) => Embeds(text, index)),
        prompt_eval_count = 5,
    });

    private async Task PullAsync(HttpContext context)
    {
        string[] lines = [.. PullLines];
        foreach (string line in lines.SkipLast(1))
            await context.Response.WriteAsync(line + "\n");
        await context.Response.Body.FlushAsync();
        Pulls.Release();
        await PullGate.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync(lines.LastOrDefault() + "\n");
    }

    /// <summary>An object; text that is no JSON can only be sent as a string.</summary>
    private static object Arguments(WireCall call)
    {
        try
        {
            return JsonDocument.Parse(call.Arguments).RootElement;
        }
        catch (JsonException)
        {
            return call.Arguments;
        }
    }

    private static string Line<T>(T value) => JsonSerializer.Serialize(value) + "\n";
}

/// <summary>A model of an <see cref="OllamaWireServer"/>.</summary>
/// <param name="Name">With its tag.</param>
/// <param name="ContextLength">The window in tokens.</param>
public sealed record WireModel(string Name, int ContextLength = 8192)
{
    /// <summary>What the model can do; <c>completion</c> and <c>tools</c> unless set.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = ["completion", "tools"];

    /// <summary>Where the server passes the model's calls on to; null for a local model.</summary>
    public string? RemoteHost { get; init; }
}
