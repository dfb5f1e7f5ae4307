using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Turns;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Api.Responses;

/// <summary>Responses over runs: reads their requests, finds them, waits for them and removes them.</summary>
public sealed class ResponseService(IAgentRuns runs, IRoutingQuestions questions, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>How long a cancelled run is waited for: as long as it gives its steps.</summary>
    private static readonly TimeSpan CancelWait = TimeSpan.FromSeconds(12);

    /// <summary>Reads a request, what it goes on from included.</summary>
    /// <exception cref="RequestRefusedException">It is refused: 400, or 404 for a model that nobody has.</exception>
    internal async Task<RunRequest> ReadAsync(JsonElement body, RunCaller caller, CancellationToken cancellationToken)
    {
        RunRequest? earlier = body.Text("previous_response_id") is { } id ? await EarlierAsync(id, caller, cancellationToken) : null;
        RunRequest request = ResponseRequestReader.Read(body, earlier);
        ChatRequest probe = new() { Messages = [Message.User("")], Model = request.Agent.Model, Routing = request.Routing };
        RoutingDecision decision = Router.Decide(await questions.OfChatAsync(probe, caller, cancellationToken));
        return decision.Rejected is not [{ Reason: RejectionReasons.ModelNotFound or RejectionReasons.ProviderNotFound }, ..] ? request : throw NoModel(request.Agent.Model);
    }

    /// <summary>Finds a response that is kept.</summary>
    /// <exception cref="RequestRefusedException">There is none (404).</exception>
    internal async Task<(RunView Run, RunRequest Request)> FindAsync(string id, RunCaller caller, CancellationToken cancellationToken) =>
        await TryFindAsync(id, caller, cancellationToken) ?? throw new RequestRefusedException(ApiErrors.NotFound($"There is no response '{ApiErrors.Shorten(id)}'."));

    /// <summary>Waits for the end. If the client goes first, the run is cancelled.</summary>
    /// <exception cref="RequestRefusedException">The host stops (503); the run goes on when it is back.</exception>
    internal async Task<RunView> EndOfAsync(RunView run, RunCaller caller, CancellationToken clientGone)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, lifetime.ApplicationStopping);
        try
        {
            while (!run.Status.IsTerminal())
                run = await runs.WaitAsync(run.RunId, caller, Wait, end.Token) ?? throw new RequestRefusedException(ApiErrors.NotFound("The response was removed before its end."));
            return run;
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            throw new RequestRefusedException(ApiErrors.Unavailable($"The host stops; GET /v1/responses/{ResponseId.Of(run.RunId)} has the response later."));
        }
        catch (OperationCanceledException)
        {
            await runs.CancelAsync(run.RunId, caller, "The client has gone.", force: false, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Cancels a run and waits a while for its end.</summary>
    internal async Task<RunView> CancelAsync(RunView run, RunCaller caller, CancellationToken cancellationToken)
    {
        await runs.CancelAsync(run.RunId, caller, reason: null, force: false, CancellationToken.None);
        RunView? now = await runs.WaitAsync(run.RunId, caller, CancelWait, cancellationToken);
        // The first change may only be that it is being cancelled.
        if (now is { Status: RunStatus.Cancelling })
            now = await runs.WaitAsync(run.RunId, caller, CancelWait, cancellationToken);
        return now ?? run;
    }

    /// <summary>Removes what is not to be kept, once it has ended.</summary>
    internal Task ForgetAsync(RunView run, RunRequest request, RunCaller caller) =>
        request.Response is { Store: false } ? runs.PurgeAsync(run.RunId, caller, CancellationToken.None) : Task.CompletedTask;

    /// <summary>A run that failed while its client waited, as an error of the request.</summary>
    internal static ApiError ErrorOf(RunView run)
    {
        ApiError error = FailedTurn.Of(run);
        return error.Code is RunErrorCodes.ContextLengthExceeded or RunErrorCodes.ToolNotSupported or ChatErrorCodes.ParameterNotSupported
            ? error with { Status = StatusCodes.Status400BadRequest }
            : error with { Permanent = error.Status is 409 or 429 or >= 500 };
    }

    private static RequestRefusedException NoModel(string name) => new(
        new(StatusCodes.Status404NotFound, ChatErrorCodes.ModelNotFound, $"There is no model '{ApiErrors.Shorten(name)}'; GET /v1/models lists what there is.")
        {
            Field = "model",
        });

    private async Task<RunRequest> EarlierAsync(string id, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await TryFindAsync(id, caller, cancellationToken) is not var (run, _))
            throw new RequestRefusedException(Refuse("previous_response_not_found", $"There is no response '{ApiErrors.Shorten(id)}'."));
        if (run is not { Status: RunStatus.Completed, Result.Message: { } answer })
            throw new RequestRefusedException(Refuse(ApiErrorCodes.ValidationError, "The response has no answer to go on from: it has not been completed."));
        // Its messages, with the label that it came to.
        RunRequest request = (await runs.GetSourceAsync(run.RunId, caller, throughTurn: 0, cancellationToken)).Request!;
        return request with { Messages = [.. request.Messages, answer] };

        static ApiError Refuse(string code, string message) => new(StatusCodes.Status400BadRequest, code, message) { Field = "previous_response_id" };
    }

    private async Task<(RunView Run, RunRequest Request)?> TryFindAsync(string id, RunCaller caller, CancellationToken cancellationToken) =>
        ResponseId.ToRun(id) is { } runId
        && await runs.GetAsync(runId, caller, cancellationToken) is { } run
        && (await runs.GetSourceAsync(runId, caller, throughTurn: null, cancellationToken)).Request is { Response.Store: true } request
            ? (run, request)
            : null;
}
