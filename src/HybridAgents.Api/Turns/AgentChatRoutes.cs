using System.Text.Json;
using HybridAgents.Api.Agents;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Api.Turns;

/// <summary>Chatting with an agent: every message is a turn of a conversation, and a durable run.</summary>
public sealed class AgentChatRoutes(AgentChat chat, AgentStore agents, RunRequestReader reader, ChatTurnReader turns, IAgentRuns runs, IHostApplicationLifetime lifetime, TimeProvider time) : IApiRoutes
{
    private static readonly TextSchema Name = new(1, 255);
    private static readonly Field Text = new("message", new TextSchema(1, RunRequestSchema.MaxText), Required: true);

    private static readonly Field[] Binding = [Text, new(ConversationTurn.StrategyField, ConversationTurn.StrategySchema), new("routing_preferences", RoutingPreferencesBody.Schema)];

    private static readonly Field[] Sampling = [new("temperature", new NumberSchema(0, 2)), new("max_tokens", new IntegerSchema(1, 131_072))];

    private static readonly ObjectSchema Plain = new(
        [.. Binding, new("session_id", Name), new("agent_type", new TextSchema(1, 64)), new("model", Name), new("provider", new TextSchema(1, 64)), .. Sampling]);

    private static readonly ObjectSchema Chosen = new(
        [
            .. Binding, new("session_id", Name), new("stream", new FlagSchema()),
            new("model_params", new ObjectSchema(
                [
                    new("provider", new TextSchema(1, 64)), new("model", Name), new("auto_select", new FlagSchema()), new("use_case", TextSchema.OneOf(UseCases.All)),
                    new("performance_tier", TextSchema.OneOf("low", "medium", "high")), .. Sampling,
                ])),
        ]);

    private static readonly ObjectSchema ToAgent = new([.. Binding, new("conversation_id", Name), new("stream", new FlagSchema())]);

    private static readonly RouteAnswer Later = new(202, typeof(AcceptedRun), "The turn takes longer, or asks a person: `polling_url` has its state.");

    private static readonly int[] Errors = [404, 409, 413, 422, 429, 502, 503, 504];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("Chat", "POST", "/api/v1/chat", ApiAccess.Write, PlainAsync)
        {
            Tag = "Chat", Summary = "Says something to an agent, in a new conversation or in that of `session_id`, and waits up to 25 s for the answer. Each message is a durable run.",
            Headers = RunAcceptance.Headers, Body = Plain, Answers = [new(200, typeof(ChatAnswer), "The answer."), Later], Errors = Errors,
        },
        new("ChatWithModel", "POST", "/api/v1/agents/chat", ApiAccess.Write, ChosenAsync)
        {
            Tag = "Chat", Summary = "Says something to the adaptive agent. `model_params` names a model, or a use case and a tier that choose one; privacy decides first.",
            Headers = RunAcceptance.Headers, Body = Chosen,
            Answers = [new(200, typeof(ModelChatAnswer), "The answer; with `stream`, events as of /api/v1/agents/{agent_id}/chat."), Later], Errors = Errors,
        },
        new("ChatWithAgent", "POST", "/api/v1/agents/{agent_id}/chat", ApiAccess.Write, ToAgentAsync)
        {
            Tag = "Chat",
            Summary = "Says something to an agent. Streams events as JSON lines (as server-sent events with `Accept: text/event-stream`): start, token, tool_call, tool_result, provider_switched, reset, "
                + "warning, error, done, each with seq; with `stream: false`, the answer as JSON.",
            Headers = [.. RunAcceptance.Headers, new("Accept", "`text/event-stream` for server-sent events.")], Body = ToAgent,
            Answers = [new(200, typeof(AgentChatAnswer), "The answer, or the events.", "application/json"), Later], Errors = Errors,
        },
    ];

    private async Task<IResult> PlainAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Plain);
        JsonElement root = body.Root;
        RunView run = await chat.StartAsync(http, turns.Plain(http, root), RunAcceptance.TokenOf(http, body));
        return await AnswerAsync(http, run, ChatAnswer.From);
    }

    private async Task<IResult> ChosenAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Chosen);
        JsonElement root = body.Root;
        JsonElement model = root.Field("model_params") ?? JsonElement.Parse("{}");
        if (model.Flag("auto_select") == true && model.Text("model") is not null)
            throw new RequestRefusedException(ApiErrors.Invalid("model_params.model", "must be left out with auto_select"));
        RunView run = await chat.StartAsync(http, ChatTurnReader.Read(root, "session_id", model.Text("provider"), async _ => ChatTurnReader.Sampled(model, await reader.ReadAgentAsync(Adaptive, Tenant(http), http.RequestAborted)) with
        {
            Model = ChatTurnReader.ModelOf(model) ?? Wished(model),
        }), RunAcceptance.TokenOf(http, body));
        return root.Flag("stream") == true ? Stream(http, run) : await AnswerAsync(http, run, ModelChatAnswer.From);
    }

    private async Task<IResult> ToAgentAsync(HttpContext http)
    {
        AgentRouteContext.IdOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, ToAgent);
        Core.Agents.StoredAgent agent = await AgentRouteContext.FindAsync(agents, http);
        JsonElement named = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["agent_id"] = agent.AgentId });
        RunView run = await chat.StartAsync(
            http, ChatTurnReader.Read(body.Root, "conversation_id", null, _ => reader.ReadAgentAsync(named, Tenant(http), http.RequestAborted)), RunAcceptance.TokenOf(http, body));
        http.Response.Headers["x-conversation-id"] = run.ConversationId;
        if (body.Root.Flag("stream") ?? agent.Definition.Stream)
            return Stream(http, run);
        IReadOnlyList<StoredMessage> messages = [];
        run = await chat.WaitAsync(http, run);
        if (run.Status == RunStatus.Completed)
            messages = await runs.GetMessagesAsync(run.RunId, ApiCaller.Of(http).ToRunCaller(), http.RequestAborted) ?? [];
        return Answer(http, run, ended => AgentChatAnswer.From(ended, messages));
    }

    private static JsonElement Adaptive { get; } = JsonElement.Parse("""{"agent_type":"adaptive"}""");

    private static string Tenant(HttpContext http) => ApiCaller.Of(http).Tenant;

    /// <summary>The model of a use case as a wish; auto without one, and the agent's own strategy then finds it.</summary>
    private static string Wished(JsonElement model) => model.Text("use_case") is not { } useCase ? "auto"
        : $"auto:{ModelRecommendations.Local(useCase, model.Text("performance_tier") is { } tier ? Enum.Parse<PerformanceTier>(tier, ignoreCase: true) : PerformanceTier.Medium)}";

    private async Task<IResult> AnswerAsync<T>(HttpContext http, RunView run, Func<RunView, T> answer) => Answer(http, await chat.WaitAsync(http, run), answer);

    private static IResult Answer<T>(HttpContext http, RunView run, Func<RunView, T> answer)
    {
        if (run.Status == RunStatus.Completed)
            return ApiResults.Json(answer(run));
        if (run.Status.IsTerminal())
            return ApiResults.Error(FailedTurn.Of(run));
        AcceptedRun accepted = AcceptedRun.From(run, new());
        http.Response.Headers.Location = accepted.PollingUrl;
        http.Response.Headers.RetryAfter = "1";
        return ApiResults.Json(accepted, StatusCodes.Status202Accepted);
    }

    private EventStreamResult Stream(HttpContext http, RunView run)
    {
        bool lines = !http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        return new(cancellationToken => ChatEvents.Of(run, runs, chat, http, cancellationToken), lines, time, lifetime.ApplicationStopping, ChatEvents.WriteHead);
    }
}
