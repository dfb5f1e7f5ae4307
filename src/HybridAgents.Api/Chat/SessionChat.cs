using HybridAgents.Api.Requests;
using HybridAgents.Api.Runs;
using HybridAgents.Api.Turns;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Chat;

/// <summary>A message in a conversation, streamed as a chat completion: a turn, and a durable run, which goes on when the client has gone.</summary>
public sealed class SessionChat(AgentChat chat, ChatTurnReader turns, IAgentRuns runs, TimeProvider time)
{
    /// <summary>What is the agent's own affair, or has no place in a run.</summary>
    private static readonly string[] NotInTurns =
    [
        "messages", "tools", "tool_choice", "parallel_tool_calls", "top_p", "frequency_penalty", "presence_penalty", "seed", "stop", "max_completion_tokens", "n", "logprobs", "top_logprobs",
        "response_format", "reasoning_effort", "auth_override",
    ];

    /// <summary>Starts the turn and waits for its first words.</summary>
    /// <exception cref="Errors.RequestRefusedException">There is no such conversation (404), it is busy (409), or a field has no place here (400).</exception>
    /// <exception cref="Orchestrations.Chat.ChatException">The turn failed before it said anything.</exception>
    internal async Task<IResult> StreamAsync(HttpContext http, JsonBody body)
    {
        Faults faults = new();
        foreach (string field in NotInTurns)
        {
            if (body.Root.Field(field) is not null)
                faults.Add(field, "must be left out with session_id: what is said is a turn of an agent");
        }

        faults.ThrowIfAny();
        RunView run = await chat.StartAsync(http, turns.Plain(http, body.Root), RunAcceptance.TokenOf(http, body));
        bool usage = body.Root.Field("stream_options")?.Flag("include_usage") ?? false;
        TurnStream stream = await TurnStream.OpenAsync(run, runs, chat, http);
        return new ChatStreamResult(stream.Head, stream.ReadAsync(), stream, choices: 1, usage, time);
    }
}
