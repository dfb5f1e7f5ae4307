using System.Runtime.CompilerServices;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Api.Turns;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Chat;

/// <summary>A run's answer as that of a model. It has begun; its end is the run's, with its conversation kept.</summary>
internal sealed class TurnStream : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ModelUpdate> _updates;

    private TurnStream(ChatHead head, IAsyncEnumerator<ModelUpdate> updates) => (Head, _updates) = (head, updates);

    public ChatHead Head { get; }

    /// <summary>Waits for the first words, or for the end.</summary>
    /// <exception cref="ChatException">The run failed before it said anything.</exception>
    public static async Task<TurnStream> OpenAsync(RunView run, IAgentRuns runs, AgentChat chat, HttpContext http)
    {
        Answering by = new();
        IAsyncEnumerator<ModelUpdate> updates = FollowAsync(run, runs, chat, http, by, http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
        try
        {
            await updates.MoveNextAsync();
            return new(new($"chatcmpl-{run.RunId}", DateTimeOffset.FromUnixTimeSeconds(run.CreatedAt), by.Model), updates);
        }
        catch
        {
            await updates.DisposeAsync();
            throw;
        }
    }

    /// <summary>The answer, to be read once.</summary>
    /// <exception cref="ChatException">It broke off.</exception>
    public async IAsyncEnumerable<ModelUpdate> ReadAsync()
    {
        do
            yield return _updates.Current;
        while (await _updates.MoveNextAsync());
    }

    public ValueTask DisposeAsync() => _updates.DisposeAsync();

    private static async IAsyncEnumerable<ModelUpdate> FollowAsync(
        RunView run, IAgentRuns runs, AgentChat chat, HttpContext http, Answering by, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RunCaller caller = ApiCaller.Of(http).ToRunCaller();
        bool shown = false;
        await foreach (RunEvent item in runs.WatchAsync(run.RunId, caller, 0, cancellationToken))
        {
            switch (item.Type)
            {
                case RunEventTypes.ModelStarted:
                    by.Model = item.Data.Text("model") ?? by.Model;
                    break;
                case RunEventTypes.MessageDelta:
                    shown = true;
                    yield return new ModelUpdate.TextDelta(item.Data.Text("delta")!);
                    break;
                case RunEventTypes.MessageCompleted:
                    shown = false;
                    break;
                case RunEventTypes.MessageReset when shown:
                    throw Broken(run, RunErrorCodes.ProviderError, "The model failed in the middle of its answer, which begins anew.");
                case RunEventTypes.ActionRequired:
                    throw Broken(run, RunErrorCodes.Unavailable, "The turn waits for an answer from outside.");
                case var type when RunEventTypes.IsTerminal(type):
                    RunView ended = await chat.WaitAsync(http, await runs.GetAsync(run.RunId, caller, cancellationToken) ?? run);
                    yield return ended.Status == RunStatus.Completed
                        ? new ModelUpdate.Finished(ended.Result!.FinishReason, new((int)ended.Usage.PromptTokens, (int)ended.Usage.CompletionTokens), by.Model)
                        : throw new ChatException(ended.Error ?? new(RunErrorCodes.Unavailable, "The turn was cancelled.")) { Exhausted = true };
                    yield break;
            }
        }

        throw Broken(run, RunErrorCodes.Unavailable, "The connection to the turn was lost.");
    }

    private static ChatException Broken(RunView run, string code, string message) => new(new(code, $"{message} The turn goes on: {RunViewLinks.Status(run.RunId)}")) { Exhausted = true };

    /// <summary>Who answers, as far as it is known.</summary>
    private sealed class Answering
    {
        public string Model { get; set; } = "auto";
    }
}
