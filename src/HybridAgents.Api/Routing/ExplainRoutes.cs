using System.Globalization;
using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Routing;

/// <summary>Explains routing: before anything is called, and for the turns of runs afterwards.</summary>
public sealed class ExplainRoutes(IModelDirectory directory, FeatureExtractor features, RoutingPolicyFactory policies, IRunRouting runs) : IApiRoutes
{
    private const int MaxTurn = 100;

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>The fields of a completions body that routing depends on, and those that such a body always has.</summary>
    private static readonly ObjectSchema Body = new(
        new Field("model", new TextSchema(1, 255)),
        new Field("messages", RunRequestSchema.Messages, Required: true),
        new Field("tools", new ListSchema(RunRequestSchema.FunctionTool, 0, 128)),
        new Field("max_tokens", new IntegerSchema(1, 131_072)),
        new Field("max_completion_tokens", new IntegerSchema(1, 131_072)),
        new Field("temperature", new NumberSchema(0, 2)),
        new Field("stream", new FlagSchema()),
        new Field("routing_preferences", RoutingPreferencesBody.Schema));

    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(RouteExplanation), "The decision; `provider` is null when nobody may serve.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ExplainRoute", "POST", "/api/v1/route/explain", ApiAccess.Read, ExplainAsync)
        {
            Tag = "Routing", Summary = "Decides which models may serve a completion, in which order and why. Nothing is called.", Body = Body, Answers = Answers, Errors = [413],
        },
        new("GetRunRouting", "GET", "/api/v1/agents/runs/{run_id}/routing", ApiAccess.Read, ReplayAsync)
        {
            Tag = "Routing", Summary = "Decides a run's turn again from what was recorded with it: the same decision, in full.",
            Query = [new("turn", "The turn, 1 to 100; 1 by default.")], Answers = Answers, Errors = [404],
        },
    ];

    private async Task<IResult> ExplainAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        JsonElement root = body.Root;
        Faults faults = new();
        IReadOnlyList<Message> messages = MessageReader.Read(root, faults);
        faults.ThrowIfAny();
        RoutingPreferences preferences = root.Field("routing_preferences") is { } routing ? RoutingPreferencesBody.Read(routing, new()) : new();
        ToolSpec[] tools = [.. root.Items("tools").Select(ReadTool)];
        int output = root.Integer("max_completion_tokens") ?? root.Integer("max_tokens") ?? new AgentConfig().MaxTokens;

        ModelSnapshot models = await directory.GetAsync(http.RequestAborted);
        RoutingPolicy policy = policies.Create(ApiCaller.Of(http).Tenant, root.Text("model") ?? "auto", preferences, new());
        RoutingRequest request = new(features.Measure(messages, preferences.PrivacyLevel, tools, output), policy, models.Models, models.Health);
        return ApiResults.Json(RouteExplanation.Of(request, RequestProfile.Of(FeatureExtractor.NewestOfUser(messages))));
    }

    private async Task<IResult> ReplayAsync(HttpContext http)
    {
        string id = RunRouteContext.RunIdOf(http);
        int turn = (int)(http.QueryInteger("turn", 1, MaxTurn) ?? 1);
        return await runs.GetAsync(id, RunRouteContext.CallerOf(http), turn, http.RequestAborted) is { } request
            ? ApiResults.Json(RouteExplanation.Of(request))
            : throw new RequestRefusedException(ApiErrors.NotFound(string.Create(CultureInfo.InvariantCulture, $"There is no run '{id}' with a routed turn {turn}.")));
    }

    private static ToolSpec ReadTool(JsonElement tool)
    {
        JsonElement function = tool.GetProperty("function");
        return new(function.Text("name")!, function.Text("description") ?? "", function.Field("parameters")?.Clone() ?? NoParameters);
    }
}
