using System.Globalization;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Routing;

/// <summary>Explains routing: before anything is called, and for the turns of runs afterwards.</summary>
public sealed class ExplainRoutes(IRoutingQuestions questions, RunRequestReader runs) : IApiRoutes
{
    private const int MaxTurn = 100;

    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(RouteExplanation), "The decision; `provider` is null when nobody may serve.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ExplainRoute", "POST", "/api/v1/route/explain", ApiAccess.Read, ExplainAsync)
        {
            Tag = "Routing", Summary = "Decides which models may serve a completion, in which order and why. Nothing is called.", Body = ChatRequestSchema.Body, Answers = Answers, Errors = [413],
        },
        new("ExplainRunRoute", "POST", "/api/v1/route/explain/run", ApiAccess.Read, ExplainRunAsync)
        {
            Tag = "Routing", Summary = "Decides the first turn of a run as it would be decided now, with the agent's prompt, tools, limits and budgets. Nothing is called, and no run is made.",
            Body = RunRequestSchema.Body, Answers = Answers, Errors = [413],
        },
        new("GetRunRouting", "GET", "/api/v1/agents/runs/{run_id}/routing", ApiAccess.Read, ReplayAsync)
        {
            Tag = "Routing", Summary = "Decides a run's turn again from what was recorded with it: the same decision, in full.",
            Query = [new("turn", "The turn, 1 to 100; 1 by default.")], Answers = Answers, Errors = [404],
        },
    ];

    private async Task<IResult> ExplainAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ChatRequestSchema.Body, limit: JsonBody.OpenAILimit);
        ChatRequest chat = ChatRequestReader.Read(body.Root);
        RoutingRequest request = await questions.OfChatAsync(chat, RunRouteContext.CallerOf(http), http.RequestAborted);
        return ApiResults.Json(RouteExplanation.Of(request, RequestProfile.Of(FeatureExtractor.NewestOfUser(chat.Messages))));
    }

    private async Task<IResult> ExplainRunAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, RunRequestSchema.Body);
        RunCaller caller = RunRouteContext.CallerOf(http);
        RunRequest run = await runs.ReadAsync(body.Root, caller.Tenant, http.RequestAborted);
        RoutingRequest request = await questions.OfRunAsync(run, caller, http.RequestAborted);
        return ApiResults.Json(RouteExplanation.Of(request, RequestProfile.Of(FeatureExtractor.NewestOfUser(run.Messages))));
    }

    private async Task<IResult> ReplayAsync(HttpContext http)
    {
        string id = RunRouteContext.RunIdOf(http);
        int turn = (int)(http.QueryInteger("turn", 1, MaxTurn) ?? 1);
        return await questions.OfTurnAsync(id, RunRouteContext.CallerOf(http), turn, http.RequestAborted) is { } request
            ? ApiResults.Json(RouteExplanation.Of(request))
            : throw new RequestRefusedException(ApiErrors.NotFound(string.Create(CultureInfo.InvariantCulture, $"There is no run '{id}' with a routed turn {turn}.")));
    }
}
