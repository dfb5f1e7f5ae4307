using HybridAgents.Api.Auth;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HybridAgents.Api.Runs;

/// <summary>The one way in which routes start runs: idempotency key, start, answer.</summary>
public sealed class RunAcceptance(IAgentRuns runs)
{
    private const string KeyHeader = "Idempotency-Key";

    internal static IReadOnlyList<RouteParameter> Headers { get; } =
        [new(KeyHeader, "Makes repetitions of the request the same run, for 24 hours: 1 to 255 visible ASCII characters.")];

    internal static IReadOnlyList<RouteAnswer> Answers { get; } =
        [new(202, typeof(AcceptedRun), "Accepted. With `Idempotent-Replayed: true`, it had been accepted before.")];

    internal static IReadOnlyList<int> Errors { get; } = [404, 409, 413, 422, 429, 503];

    /// <summary>Reads the request's key.</summary>
    /// <param name="http">The request.</param>
    /// <param name="body">Its body.</param>
    /// <exception cref="RequestRefusedException">The key is malformed (400).</exception>
    internal static IdempotencyToken? TokenOf(HttpContext http, JsonBody body)
    {
        StringValues header = http.Request.Headers[KeyHeader];
        if (header.Count == 0)
            return null;
        return header is [{ Length: >= 1 and <= 255 } key] && key.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? new(key, $"{http.Request.Method} {http.Request.Path}", body.Hash())
            : throw new RequestRefusedException(ApiErrors.Invalid($"header.{KeyHeader}", "must be given once, with 1 to 255 visible ASCII characters"));
    }

    /// <summary>Starts the run; for routes that answer with more than its address.</summary>
    /// <exception cref="RequestRefusedException">It is refused.</exception>
    internal async Task<RunStart> BeginAsync(HttpContext http, RunRequest request, IdempotencyToken? token)
    {
        RunStart start = await runs.StartAsync(request, ApiCaller.Of(http).ToRunCaller(), token, http.RequestAborted);
        if (start.Outcome == RunStartOutcome.Replayed)
            http.Response.Headers["Idempotent-Replayed"] = "true";
        return start.Outcome switch
        {
            RunStartOutcome.Started or RunStartOutcome.Replayed => start,
            RunStartOutcome.KeyReused => throw new RequestRefusedException(ApiErrors.IdempotencyKeyReused()),
            RunStartOutcome.InProgress => throw new RequestRefusedException(ApiErrors.IdempotencyInProgress()),
            RunStartOutcome.NoConversation => throw new RequestRefusedException(ConversationTurn.NotFound(request.ConversationId!)),
            RunStartOutcome.ConversationBusy => throw new RequestRefusedException(ConversationTurn.Busy()),
            RunStartOutcome.ConversationQueueFull => throw new RequestRefusedException(ConversationTurn.QueueFull()),
            _ => throw new RequestRefusedException(ApiErrors.BudgetExceeded(start.Exhausted!.Owner, start.Exhausted.AgentId)),
        };
    }

    internal async Task<IResult> StartAsync(HttpContext http, RunRequest request, IdempotencyToken? token)
    {
        RunStart start = await BeginAsync(http, request, token);
        AcceptedRun accepted = AcceptedRun.From(start.Run!, request.Limits);
        http.Response.Headers.Location = accepted.PollingUrl;
        http.Response.Headers.RetryAfter = "1";
        return ApiResults.Json(accepted, StatusCodes.Status202Accepted);
    }
}
