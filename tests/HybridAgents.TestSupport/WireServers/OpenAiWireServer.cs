using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.TestSupport.WireServers;

/// <summary>Speaks OpenAI's chat completions as server-sent events, and lists models.</summary>
public sealed class OpenAiWireServer : WireServer
{
    private OpenAiWireServer()
    {
    }

    /// <summary>The names that are listed.</summary>
    public IList<string> Models { get; } = ["gpt-4o"];

    /// <summary>The status of the list; another than 200 makes the service look down or not willing.</summary>
    public int ModelsStatus { get; set; } = 200;

    /// <summary>How the service departs from OpenAI.</summary>
    public WireQuirks Quirks { get; set; } = new();

    protected override string ContentType => "text/event-stream";

    protected override string MalformedPart => Event("""{"id":"chatcmpl-wire","choices":[{"index":0,"delta":{"content":"br""");

    public static async Task<OpenAiWireServer> StartAsync()
    {
        OpenAiWireServer server = new();
        await server.StartServerAsync();
        return server;
    }

    protected override Uri EndpointOf(Uri root) => new(root, "/v1");

    protected override void Map(WebApplication app)
    {
        foreach (string root in (string[])["", "/openai"]) // Azure OpenAI's address ends in /openai/v1.
        {
            app.MapPost($"{root}/v1/chat/completions", AnswerAsync);
            app.MapPost($"{root}/v1/embeddings", EmbedAsync);
            app.MapGet($"{root}/v1/models", ListAsync);
        }
    }

    protected override string RenderVectors(JsonElement request, IReadOnlyList<string> texts)
    {
        bool packed = request.TryGetProperty("encoding_format", out JsonElement format) && format.GetString() == "base64" && !Quirks.VectorsAsNumbers;
        return JsonSerializer.Serialize(new
        {
            @object = "list",
            model = request.GetProperty("model").GetString(),
            data = texts.Select((text, index) => new { @object = "embedding", index, embedding = packed ? Packed(text.Length, index) : (object)new float[] { text.Length, index } }).Reverse(),
            usage = new { prompt_tokens = 9, total_tokens = 9 },
        });
    }

    private static string Packed(params float[] vector) => Convert.ToBase64String(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(vector));

    /// <summary>Strict services refuse what they do not know.</summary>
    protected override WireReply? Refuse(WireRequest request)
    {
        JsonElement body = request.Json;
        if (Quirks.UnknownFields.FirstOrDefault(field => body.TryGetProperty(field, out _)) is { } unknown)
            return WireReply.Refuses(422, $"Extra inputs are not permitted: {unknown}");
        if (Quirks.ParsesArguments && CallsOf(body).Any(static call => !IsObject(call.GetProperty("function").GetProperty("arguments").GetString()!)))
            return WireReply.Refuses(400, "Expecting property name enclosed in double quotes");
        IEnumerable<string?> ids = body.GetProperty("messages").EnumerateArray().SelectMany(IdsOf);
        return Quirks.CallIdLength is { } length && ids.Any(id => id?.Length != length || !id.All(char.IsAsciiLetterOrDigit))
            ? WireReply.Refuses(400, $"Tool call id has to be defined by a-z, A-Z, 0-9, with a length of {length}.")
            : null;
    }

    private static IEnumerable<JsonElement> CallsOf(JsonElement body) =>
        body.GetProperty("messages").EnumerateArray().SelectMany(static message => message.TryGetProperty("tool_calls", out JsonElement calls) ? calls.EnumerateArray().ToArray() : []);

    private static bool IsObject(string arguments)
    {
        try
        {
            return JsonElement.Parse(arguments).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IEnumerable<string?> IdsOf(JsonElement message)
    {
        if (message.TryGetProperty("tool_call_id", out JsonElement id))
            yield return id.GetString();
        if (!message.TryGetProperty("tool_calls", out JsonElement calls))
            yield break;
        foreach (JsonElement call in calls.EnumerateArray())
            yield return call.GetProperty("id").GetString();
    }

    protected override IReadOnlyList<string> Render(WireReply reply, WireRequest request)
    {
        string? model = request.Json.GetProperty("model").GetString();
        object? usage = reply.Usage is { } count ? new { prompt_tokens = count.Prompt, completion_tokens = count.Completion, total_tokens = count.Prompt + count.Completion } : null;
        int choices = request.Json.TryGetProperty("n", out JsonElement n) && !Quirks.OneAnswerOnly ? n.GetInt32() : 1;
        List<string> parts = choices == 1 ? RenderChoice(reply, model, usage) : [.. Interleave([.. Enumerable.Range(0, choices).Select(choice => RenderChoice(reply, model, usage, choice))])];
        if (Quirks.OpensWithoutChoices)
            parts[0] = Event(JsonSerializer.Serialize(Envelope(model, []))) + parts[0];
        bool asked = request.Json.TryGetProperty("stream_options", out JsonElement options) && options.GetProperty("include_usage").GetBoolean();
        if (asked && usage is not null)
            parts.Add(Event(JsonSerializer.Serialize(Envelope(model, [], usage))));
        parts.Add("data: [DONE]\n\n");
        return parts;
    }

    private List<string> RenderChoice(WireReply reply, string? model, object? usage, int choice = 0)
    {
        string mark = choice == 0 ? "" : $"{choice}:";
        List<string> parts = [Chunk(model, new { role = "assistant", content = "" }, choice: choice)];
        parts.AddRange(reply.Deltas.Select(delta => Chunk(model, new { content = mark + delta }, choice: choice)));
        for (int index = 0; index < reply.ToolCalls.Count; index++)
            parts.AddRange(CallChunks(model, Quirks.NumbersCallsZero ? 0 : index, reply.ToolCalls[index], $"call_{Requests.Count}_{mark}{index}", choice));
        parts.Add(Chunk(model, new { }, reply.FinishReason ?? (reply.ToolCalls.Count > 0 ? "tool_calls" : "stop"), Quirks.UsageAtTheFinish ? usage : null, choice));
        return parts;
    }

    /// <summary>The answers piece by piece, as the real service sends them.</summary>
    private static IEnumerable<string> Interleave(IReadOnlyList<List<string>> choices) =>
        Enumerable.Range(0, choices[0].Count).SelectMany(index => choices.Select(choice => choice[index]));

    protected override string RenderError(string message, int status)
    {
        string error = JsonSerializer.Serialize(new { error = new { message, type = "wire_error", param = (string?)null, code = $"wire_{status}" } });
        return Quirks.WrapsErrors ? $"[{error}]" : error;
    }

    protected override string RenderErrorEvent(string message) => Event(JsonSerializer.Serialize(new { error = new { message, type = "wire_error" } }));

    private async Task ListAsync(HttpContext context)
    {
        context.Response.StatusCode = ModelsStatus;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(ModelsStatus == 200
            ? JsonSerializer.Serialize(new { @object = "list", data = Models.Select(id => new { id = Quirks.ListPrefix + id, @object = "model", created = 1, owned_by = "wire" }) })
            : RenderError("no list", ModelsStatus));
    }

    /// <summary>The arguments come in two pieces, as the real service sends them.</summary>
    private static IEnumerable<string> CallChunks(string? model, int index, WireCall call, string id, int choice)
    {
        int middle = call.Arguments.Length / 2;
        yield return Chunk(model, new
        {
            tool_calls = new[] { new { index, id, type = "function", function = new { name = call.Tool, arguments = call.Arguments[..middle] } } },
        }, choice: choice);
        yield return Chunk(model, new { tool_calls = new[] { new { index, function = new { arguments = call.Arguments[middle..] } } } }, choice: choice);
    }

    private static string Chunk(string? model, object delta, string? finishReason = null, object? usage = null, int choice = 0) =>
        Event(JsonSerializer.Serialize(Envelope(model, [new { index = choice, delta, finish_reason = finishReason }], usage)));

    private static object Envelope(string? model, object[] choices, object? usage = null) =>
        new { id = "chatcmpl-wire", @object = "chat.completion.chunk", created = 1, model, choices, usage };

    private static string Event(string data) => $"data: {data}\n\n";
}

/// <summary>How a service that speaks OpenAI's language departs from it.</summary>
public sealed record WireQuirks
{
    /// <summary>Fields that are refused with 422.</summary>
    public IReadOnlyList<string> UnknownFields { get; init; } = [];

    /// <summary>Whether every tool call of an answer has the index 0.</summary>
    public bool NumbersCallsZero { get; init; }

    /// <summary>The length that ids of tool calls must have; null for any.</summary>
    public int? CallIdLength { get; init; }

    /// <summary>Whether it takes no notice of the number of answers asked for.</summary>
    public bool OneAnswerOnly { get; init; }

    /// <summary>What stands before the names in the list.</summary>
    public string ListPrefix { get; init; } = "";

    /// <summary>Whether arguments of earlier calls that are no JSON object are refused: chat templates read them.</summary>
    public bool ParsesArguments { get; init; }

    /// <summary>Whether vectors are numbers even when packed ones are asked for.</summary>
    public bool VectorsAsNumbers { get; init; }

    /// <summary>Whether usage comes with the finish reason, asked for or not.</summary>
    public bool UsageAtTheFinish { get; init; }

    /// <summary>Whether the first chunk has no choices.</summary>
    public bool OpensWithoutChoices { get; init; }

    /// <summary>Whether errors come inside an array.</summary>
    public bool WrapsErrors { get; init; }
}
