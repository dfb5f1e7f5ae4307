using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.TestSupport.WireServers;

/// <summary>Speaks Anthropic's messages as server-sent events, and lists models.</summary>
public sealed class AnthropicWireServer : WireServer
{
    private AnthropicWireServer()
    {
    }

    /// <summary>The names that are listed.</summary>
    public IList<string> Models { get; } = ["claude-sonnet-4-5-20250929"];

    protected override string ContentType => "text/event-stream";

    protected override string MalformedPart => "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"te\n\n";

    public static async Task<AnthropicWireServer> StartAsync()
    {
        AnthropicWireServer server = new();
        await server.StartServerAsync();
        return server;
    }

    protected override Uri EndpointOf(Uri root) => root;

    protected override void Map(WebApplication app)
    {
        app.MapPost("/v1/messages", AnswerAsync);
        app.MapGet("/v1/models", ListAsync);
    }

    protected override IReadOnlyList<string> Render(WireReply reply, WireRequest request)
    {
        string? model = request.Json.GetProperty("model").GetString();
        object message = new
        {
            id = "msg_wire",
            type = "message",
            role = "assistant",
            model,
            content = Array.Empty<object>(),
            stop_reason = (string?)null,
            stop_sequence = (string?)null,
            usage = new { input_tokens = reply.Usage?.Prompt ?? 0, output_tokens = 0 },
        };
        List<string> parts = [Event("message_start", new { message }) + Event("content_block_start", new { index = 0, content_block = new { type = "text", text = "" } })];
        parts.AddRange(reply.Deltas.Select(text => Event("content_block_delta", new { index = 0, delta = new { type = "text_delta", text } })));
        parts.Add(Event("content_block_stop", new { index = 0 }) + Event("ping", new { }));
        for (int index = 0; index < reply.ToolCalls.Count; index++)
            parts.AddRange(CallEvents(index + 1, reply.ToolCalls[index], $"toolu_{Requests.Count}_{index}"));
        parts.Add(Event("message_delta", new
        {
            delta = new { stop_reason = ReasonOf(reply), stop_sequence = (string?)null },
            usage = new { output_tokens = reply.Usage?.Completion ?? 0 },
        }));
        parts.Add(Event("message_stop", new { }));
        return parts;
    }

    protected override string RenderError(string message, int status) =>
        JsonSerializer.Serialize(new { type = "error", error = new { type = "wire_error", message }, request_id = "req_wire" });

    protected override string RenderErrorEvent(string message) => Event("error", new { error = new { type = "overloaded_error", message } });

    private async Task ListAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            data = Models.Select(id => new { id, type = "model", display_name = id, created_at = "2026-01-01T00:00:00Z" }),
            has_more = false,
            first_id = Models.FirstOrDefault(),
            last_id = Models.LastOrDefault(),
        }));
    }

    private static string ReasonOf(WireReply reply) => reply.FinishReason switch
    {
        "length" => "max_tokens",
        { } other => other,
        null => reply.ToolCalls.Count > 0 ? "tool_use" : "end_turn",
    };

    /// <summary>The arguments come in two pieces, as the real service sends them.</summary>
    private static IEnumerable<string> CallEvents(int index, WireCall call, string id)
    {
        int middle = call.Arguments.Length / 2;
        yield return Event("content_block_start", new { index, content_block = new { type = "tool_use", id, name = call.Tool, input = new { } } });
        yield return Event("content_block_delta", new { index, delta = new { type = "input_json_delta", partial_json = call.Arguments[..middle] } });
        yield return Event("content_block_delta", new { index, delta = new { type = "input_json_delta", partial_json = call.Arguments[middle..] } });
        yield return Event("content_block_stop", new { index });
    }

    private static string Event(string type, object fields) =>
        $"event: {type}\ndata: {{\"type\":\"{type}\"{(JsonSerializer.Serialize(fields) is ['{', .. var rest] && rest != "}" ? "," + rest : "}")}\n\n";
}
