using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using static HybridAgents.Api.Runs.RunRouteContext;

namespace HybridAgents.Api.Runs;

/// <summary>Answering what a run waits for. The first answer to a call stands: the same again is 200, a different one 409.</summary>
public sealed class AnswerRunRoutes(IAgentRuns runs) : IApiRoutes
{
    private const string Run = "/api/v1/agents/runs/{run_id}";

    private static readonly ObjectSchema ApprovalBody = new(
        new Field("decision", TextSchema.OneOf("approve", "reject"), Required: true), new Field("comment", new TextSchema(0, 4000)));

    private static readonly ObjectSchema ReviewBody = new(
        new Field("decision", TextSchema.OneOf("done", "retry", "fail"), Required: true), new Field("output", new TextSchema(0, RunRequestSchema.MaxText)));

    private static readonly ObjectSchema OutputsBody = new(
        new Field("outputs", new ListSchema(new ObjectSchema(
            new Field("call_id", new TextSchema(1, 255), Required: true),
            new Field("output", new TextSchema(0, RunRequestSchema.MaxText), Required: true),
            new Field("is_error", new FlagSchema())), 1, 128), Required: true));

    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(AnswersTaken), "Taken, or the same as the one taken before.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("AnswerApproval", "POST", $"{Run}/approvals/{{call_id}}", ApiAccess.Write, ApproveAsync)
        {
            Tag = "Runs", Summary = "Approves or rejects a tool call that waits for it.", Body = ApprovalBody, Answers = Answers, Errors = [404, 409, 413],
        },
        new("PostToolOutputs", "POST", $"{Run}/tool_outputs", ApiAccess.Write, OutputsAsync)
        {
            Tag = "Runs", Summary = "Posts what the client's own tools returned.", Body = OutputsBody, Answers = Answers, Errors = [404, 409, 413],
        },
        new("AnswerReview", "POST", $"{Run}/reviews/{{call_id}}", ApiAccess.Write, ReviewAsync)
        {
            Tag = "Runs", Summary = "Settles a tool call of which nobody knows whether it happened.", Body = ReviewBody, Answers = Answers, Errors = [404, 409, 413],
        },
    ];

    private async Task<IResult> ApproveAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ApprovalBody);
        return await AnswerAsync(http, [new RunAnswer.Approval(http.RouteValue("call_id"), body.Root.Text("decision") == "approve", body.Root.Text("comment"))]);
    }

    private async Task<IResult> ReviewAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ReviewBody);
        (string decision, string? output) = (body.Root.Text("decision")!, body.Root.Text("output"));
        if (output is not null && decision != "done")
            return ApiResults.Error(ApiErrors.Invalid("output", "is allowed with the decision done only"));
        return await AnswerAsync(http, [new RunAnswer.Review(http.RouteValue("call_id"), decision, output)]);
    }

    private async Task<IResult> OutputsAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, OutputsBody);
        List<RunAnswer> answers = [.. body.Root.Items("outputs").Select(ReadOutput)];
        return answers.DistinctBy(static answer => answer.CallId).Count() == answers.Count
            ? await AnswerAsync(http, answers)
            : ApiResults.Error(ApiErrors.Invalid("outputs", "must answer each call once"));
    }

    private static RunAnswer ReadOutput(JsonElement output) =>
        new RunAnswer.ToolOutput(output.Text("call_id")!, output.Text("output")!, output.Flag("is_error") ?? false);

    /// <summary>Gives the answers one by one. An answer that is refused does not take back those before it; repeating the request is safe.</summary>
    private async Task<IResult> AnswerAsync(HttpContext http, IReadOnlyList<RunAnswer> answers)
    {
        string id = RunIdOf(http);
        foreach (RunAnswer answer in answers)
        {
            AnswerResult result = await runs.AnswerAsync(id, CallerOf(http), answer, http.RequestAborted);
            if (result != AnswerResult.Accepted)
                return ApiResults.Error(Refusal(result, id, answer.CallId));
        }

        return ApiResults.Json(new AnswersTaken(id, [.. answers.Select(static answer => answer.CallId)], RunViewLinks.Status(id)));
    }

    private static ApiError Refusal(AnswerResult result, string runId, string callId) => result switch
    {
        AnswerResult.Conflict => ApiErrors.Conflict($"The call '{ApiErrors.Shorten(callId)}' was answered differently before; the first answer stands."),
        AnswerResult.Ended => ApiErrors.Conflict("The run has ended."),
        _ => ApiErrors.NotFound($"The run '{runId}' does not exist, or has no call '{ApiErrors.Shorten(callId)}' that waits for this answer."),
    } with
    { Details = new { call_id = callId } };
}
