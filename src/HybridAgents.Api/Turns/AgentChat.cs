using HybridAgents.Api.Auth;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Turns;

/// <summary>A message to an agent: a turn of a conversation, as a durable run.</summary>
/// <param name="Text">The message.</param>
/// <param name="ConversationId">The conversation; null for a new one.</param>
/// <param name="Waits">Whether it waits while another turn has the conversation.</param>
/// <param name="Agent">Who answers, given the agent that the conversation names; a new conversation names none.</param>
/// <param name="Routing">How models are chosen.</param>
internal sealed record ChatTurn(
    string Text, string? ConversationId, bool Waits, Func<(string? AgentId, string? AgentType), Task<AgentConfig>> Agent, RoutingPreferences Routing);

/// <summary>Runs chat turns and waits for their answers.</summary>
public sealed class AgentChat(IConversations conversations, IAgentRuns runs, RunAcceptance acceptance, TimeProvider time)
{
    /// <summary>How long an answer is waited for; a turn that takes longer goes on, and is polled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>Starts the turn, in a conversation that is made if none is named.</summary>
    /// <returns>The run, with its conversation.</returns>
    /// <exception cref="RequestRefusedException">There is no such conversation (404), it is busy (409), or the turn is refused otherwise.</exception>
    internal async Task<RunView> StartAsync(HttpContext http, ChatTurn turn, IdempotencyToken? token)
    {
        RunCaller caller = ApiCaller.Of(http).ToRunCaller();
        ConversationView? known = turn.ConversationId is not { } id ? null
            : (ConversationTurn.IsId(id) ? await conversations.GetAsync(id, caller, http.RequestAborted) : null) ?? throw new RequestRefusedException(ConversationTurn.NotFound(id));
        AgentConfig agent = await turn.Agent((known?.AgentId, known?.AgentType));
        ConversationView conversation = known ?? await conversations.CreateAsync(new(null, agent.AgentId, agent.AgentType), caller, http.RequestAborted);
        string? run = null;
        try
        {
            RunStart start = await acceptance.BeginAsync(http, new RunRequest
            {
                Agent = agent,
                Messages = [Message.User(turn.Text)],
                Routing = turn.Routing with { PrivacyLevel = turn.Routing.PrivacyLevel.RaisedTo(agent.PrivacyLevel) },
                ConversationId = conversation.ConversationId,
                WaitsForTurn = turn.Waits,
            }, token);
            run = start.Run!.ConversationId;
            return start.Run;
        }
        finally
        {
            // A conversation that was made for nothing, because the turn was refused or is a repetition, must not stay.
            if (known is null && run != conversation.ConversationId)
                await conversations.DeleteAsync(conversation.ConversationId, caller, CancellationToken.None);
        }
    }

    /// <summary>Waits for the turn's end, for a question to a person, or until patience ends. What has ended is in its conversation then.</summary>
    internal async Task<RunView> WaitAsync(HttpContext http, RunView run)
    {
        RunCaller caller = ApiCaller.Of(http).ToRunCaller();
        long begun = time.GetTimestamp();
        while (!run.Status.IsTerminal() && run.Status != RunStatus.RequiresAction && Patience - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
            run = await runs.WaitAsync(run.RunId, caller, left, http.RequestAborted) ?? run;
        if (run.Status.IsTerminal() && run.ConversationId is { } conversation)
            await conversations.GetAsync(conversation, caller, http.RequestAborted);
        return run;
    }
}
