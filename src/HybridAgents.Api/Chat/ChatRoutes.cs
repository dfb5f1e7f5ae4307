using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Orchestrations.Chat;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Chat;

/// <summary>Chat completions in OpenAI's form: one call through router and providers, no run.</summary>
public sealed class ChatRoutes(IChatService chat, AgentCatalog agents, SessionChat sessions, TimeProvider time) : IApiRoutes
{
    private const string Auto = "auto";

    private static readonly int[] Errors = [404, 413, 422, 429, 502, 503, 504];

    private static readonly RouteAnswer Stream = new(200, typeof(string), "Server-sent events of `chat.completion.chunk`, then `data: [DONE]`.", "text/event-stream");

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        Completions("CreateChatCompletion", "/v1/chat/completions", CompleteAsync, "Answers a conversation, as OpenAI's endpoint of that path does."),
        Completions("CreateChatCompletionNative", "/api/v1/chat/completions", CompleteAsync, "The same as /v1/chat/completions."),
        Completions("CreateHybridChat", "/api/v1/chat/hybrid", HybridAsync, "A chat completion whose model is always chosen by the router, among local and cloud models.") with
        {
            Query = [new("explain", "`true` adds every candidate to `routing_metrics`; not with `stream`.")],
        },
        Completions("StreamChat", "/api/v1/chat/streaming", StreamAsync, "A chat completion that is always streamed; `message`, with an `agent_type` if wanted, may stand for `messages`. With `session_id` it is a turn of that conversation, and a durable run.") with
        {
            Body = ChatRequestSchema.Short, Answers = [Stream],
        },
    ];

    private static ApiRoute Completions(string name, string path, Func<HttpContext, Task<IResult>> handler, string summary) => new(name, "POST", path, ApiAccess.Write, handler)
    {
        Tag = "Chat",
        Summary = summary,
        OpenAI = true,
        Body = ChatRequestSchema.Body,
        Errors = Errors,
        Answers = [new(200, typeof(ChatCompletion), "The answer; with `stream`, server-sent events of `chat.completion.chunk` and `data: [DONE]`.")],
    };

    private async Task<IResult> CompleteAsync(HttpContext http)
    {
        using JsonBody body = await ReadAsync(http, ChatRequestSchema.Body);
        ChatRequest request = ChatRequestReader.Read(body.Root);
        return body.Root.Flag("stream") == true ? await OpenAsync(http, request, body) : await AnswerAsync(http, request, explain: false);
    }

    private async Task<IResult> HybridAsync(HttpContext http)
    {
        bool explain = http.QueryWord<Explanation>("explain") == Explanation.True;
        using JsonBody body = await ReadAsync(http, ChatRequestSchema.Body);
        ChatRequest request = ChatRequestReader.Read(body.Root);
        bool stream = body.Root.Flag("stream") == true;
        Faults faults = new();
        if (!request.Model.Equals(Auto, StringComparison.OrdinalIgnoreCase))
            faults.Add("model", "must be auto, or be left out: this route leaves the choice to the router");
        if (request.Routing.ForceProvider is { } forced && !forced.Equals(Auto, StringComparison.OrdinalIgnoreCase))
            faults.Add("routing_preferences.force_provider", "must be left out: this route leaves the choice to the router");
        if (stream && explain)
            faults.Add("query.explain", "must be left out with stream");
        faults.ThrowIfAny();
        return stream ? await OpenAsync(http, request, body) : await AnswerAsync(http, request, explain);
    }

    private async Task<IResult> StreamAsync(HttpContext http)
    {
        using JsonBody body = await ReadAsync(http, ChatRequestSchema.Short);
        ChatRequest request = ChatRequestReader.Read(body.Root);
        if (body.Root.Flag("stream") == false)
            throw new RequestRefusedException(ApiErrors.Invalid("stream", "must be true, or be left out: this route streams"));
        if (body.Root.Field("session_id") is not null)
            return await OrErrorAsync(() => sessions.StreamAsync(http, body));
        return await OpenAsync(http, body.Root.Field("messages") is null ? request with { Messages = ReadShort(body) } : request, body);
    }

    private List<Message> ReadShort(JsonBody body)
    {
        string text = body.Root.Text("message") ?? throw new RequestRefusedException(ApiErrors.Invalid("messages", "is required, or message"));
        string? type = body.Root.Text("agent_type");
        AgentProfile? profile = type is null ? null : agents.Find(type) ?? throw new RequestRefusedException(
            ApiErrors.Invalid("agent_type", $"is '{ApiErrors.Shorten(type)}'; must be one of: {string.Join(", ", agents.Types)}"));
        return [.. profile is { SystemPrompt.Length: > 0 } ? [Message.System(profile.SystemPrompt)] : Array.Empty<Message>(), Message.User(text)];
    }

    private static Task<JsonBody> ReadAsync(HttpContext http, BodySchema schema) => JsonBody.ReadAsync(http, schema, limit: JsonBody.OpenAILimit);

    private Task<IResult> OpenAsync(HttpContext http, ChatRequest request, JsonBody body)
    {
        bool usage = body.Root.Field("stream_options")?.Flag("include_usage") ?? false;
        return OrErrorAsync(async () =>
        {
            IChatStream stream = await chat.OpenAsync(request, ApiCaller.Of(http).ToRunCaller(), http.RequestAborted);
            return new ChatStreamResult(ChatHead.Of(stream.Origin), stream.ReadAsync(), stream, request.Options.Choices, usage, time);
        });
    }

    private Task<IResult> AnswerAsync(HttpContext http, ChatRequest request, bool explain) =>
        OrErrorAsync(async () => new ChatAnswerResult(await chat.CompleteAsync(request, ApiCaller.Of(http).ToRunCaller(), http.RequestAborted), explain));

    private static async Task<IResult> OrErrorAsync(Func<Task<IResult>> serve)
    {
        try
        {
            return await serve();
        }
        catch (ChatException failure)
        {
            return ApiResults.Error(ChatErrors.Of(failure));
        }
    }

    /// <summary>The words of <c>explain</c>.</summary>
    private enum Explanation
    {
        False,
        True,
    }
}
