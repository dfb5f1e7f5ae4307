using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HybridAgents.Api.Runs;

/// <summary>Starting a run.</summary>
public sealed class StartRunRoutes(IAgentRuns runs, RunRequestReader reader) : IApiRoutes
{
    private const string Pattern = "/api/v1/agents/run";
    private const string KeyHeader = "Idempotency-Key";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("StartRun", "POST", Pattern, ApiAccess.Write, StartAsync)
        {
            Tag = "Runs", Summary = "Starts an agent run. When it is answered, the run is durable.", Body = RunRequestSchema.Body,
            Headers = [new(KeyHeader, "Makes repetitions of the request the same run, for 24 hours: 1 to 255 visible ASCII characters.")],
            Answers = [new(202, typeof(AcceptedRun), "Accepted. With `Idempotent-Replayed: true`, it had been accepted before.")], Errors = [409, 413, 422, 503],
        },
    ];

    private async Task<IResult> StartAsync(HttpContext http)
    {
        string? key = ReadKey(http.Request.Headers[KeyHeader]);
        using JsonBody body = await JsonBody.ReadAsync(http, RunRequestSchema.Body);
        RunRequest request = reader.Read(body.Root);
        IdempotencyToken? token = key is null ? null : new(key, $"POST {Pattern}", body.Hash());
        RunStart start = await runs.StartAsync(request, ApiCaller.Of(http).ToRunCaller(), token, http.RequestAborted);
        switch (start.Outcome)
        {
            case RunStartOutcome.KeyReused:
                return ApiResults.Error(ApiErrors.IdempotencyKeyReused());
            case RunStartOutcome.InProgress:
                return ApiResults.Error(ApiErrors.IdempotencyInProgress());
            case RunStartOutcome.Replayed:
                http.Response.Headers["Idempotent-Replayed"] = "true";
                break;
        }

        AcceptedRun accepted = AcceptedRun.From(start.Run!, request.Limits);
        http.Response.Headers.Location = accepted.PollingUrl;
        http.Response.Headers.RetryAfter = "1";
        return ApiResults.Json(accepted, StatusCodes.Status202Accepted);
    }

    private static string? ReadKey(StringValues header)
    {
        if (header.Count == 0)
            return null;
        return header is [{ Length: >= 1 and <= 255 } key] && key.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? key
            : throw new RequestRefusedException(ApiErrors.Invalid($"header.{KeyHeader}", "must be given once, with 1 to 255 visible ASCII characters"));
    }
}
