using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Api.Errors;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Turns;

/// <summary>The answer to a message.</summary>
/// <param name="Response">What the agent says.</param>
/// <param name="SessionId">The conversation: what goes on in it names this.</param>
/// <param name="ConversationId">The same.</param>
/// <param name="RunId">The run that has made it.</param>
/// <param name="ModelUsed">The model that has answered.</param>
/// <param name="ProviderUsed">Its provider.</param>
/// <param name="Usage">What the turn used.</param>
public sealed record ChatAnswer(string Response, string? SessionId, string? ConversationId, string RunId, string? ModelUsed, string? ProviderUsed, UsageView Usage)
{
    internal static ChatAnswer From(RunView run) =>
        new(run.Result?.Message?.Content ?? "", run.ConversationId, run.ConversationId, run.RunId, run.Progress.Model, run.Progress.Provider, run.Usage);
}

/// <summary>The answer to a message, with how it was made.</summary>
/// <param name="Response">What the agent says.</param>
/// <param name="SessionId">The conversation: what goes on in it names this.</param>
/// <param name="ConversationId">The same.</param>
/// <param name="RunId">The run that has made it.</param>
/// <param name="ModelUsed">The model that has answered.</param>
/// <param name="ProviderUsed">Its provider.</param>
/// <param name="FinishReason">Why the model stopped.</param>
/// <param name="ExecutionMetrics">What it took.</param>
public sealed record ModelChatAnswer(
    string Response, string? SessionId, string? ConversationId, string RunId, string? ModelUsed, string? ProviderUsed, string? FinishReason, ExecutionMetrics ExecutionMetrics)
{
    internal static ModelChatAnswer From(RunView run) => new(
        run.Result?.Message?.Content ?? "", run.ConversationId, run.ConversationId, run.RunId, run.Progress.Model, run.Progress.Provider, run.Result?.FinishReason, ExecutionMetrics.From(run));
}

/// <summary>What a turn took.</summary>
/// <param name="Turns">Model calls in a row.</param>
/// <param name="ModelCalls">Model calls, repeated ones too.</param>
/// <param name="ToolCalls">Tool calls.</param>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens answered.</param>
/// <param name="TotalTokens">Both.</param>
/// <param name="CostUsd">US dollars.</param>
/// <param name="ModelTimeMs">Milliseconds spent in model calls.</param>
/// <param name="DecisionFactors">Why the last model was chosen.</param>
public sealed record ExecutionMetrics(
    int Turns, int ModelCalls, int ToolCalls, long PromptTokens, long CompletionTokens, long TotalTokens, decimal CostUsd, long ModelTimeMs, IReadOnlyList<string> DecisionFactors)
{
    internal static ExecutionMetrics From(RunView run) => new(
        run.Progress.Turn, run.Usage.ModelCalls, run.Usage.ToolCalls, run.Usage.PromptTokens, run.Usage.CompletionTokens, run.Usage.TotalTokens, run.Usage.CostUsd,
        run.Routing.Sum(static turn => turn.Attempts.Sum(static attempt => attempt.DurationMs)), run.Routing.Count == 0 ? [] : run.Routing[^1].RoutingMetrics.DecisionFactors);
}

/// <summary>An agent's answer as a message.</summary>
/// <param name="Role"><c>assistant</c>.</param>
/// <param name="Content">What it says.</param>
/// <param name="ToolCalls">What it has called on the way, in order.</param>
/// <param name="Timestamp">When the turn ended, UTC.</param>
/// <param name="ConversationId">The conversation.</param>
/// <param name="RunId">The run.</param>
/// <param name="ModelUsed">The model that has answered.</param>
/// <param name="ProviderUsed">Its provider.</param>
/// <param name="Usage">What the turn used.</param>
public sealed record AgentChatAnswer(
    string Role, string Content, IReadOnlyList<MadeCall> ToolCalls, DateTimeOffset? Timestamp, string? ConversationId, string RunId, string? ModelUsed, string? ProviderUsed, UsageView Usage)
{
    internal static AgentChatAnswer From(RunView run, IReadOnlyList<StoredMessage> messages) => new(
        "assistant",
        run.Result?.Message?.Content ?? "",
        [
            .. messages.SelectMany(static entry => entry.Message.ToolCalls ?? []).Select(call => new MadeCall(
                call.Id, call.Name, call.Arguments, messages.FirstOrDefault(entry => entry.Message.Role == MessageRole.Tool && entry.Message.ToolCallId == call.Id)?.Message.Content)),
        ],
        run.CompletedAt is { } ended ? DateTimeOffset.FromUnixTimeSeconds(ended) : null, run.ConversationId, run.RunId, run.Progress.Model, run.Progress.Provider, run.Usage);
}

/// <summary>A tool call with its result.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Args">The arguments as the model wrote them: JSON text.</param>
/// <param name="Result">What the model was told.</param>
public sealed record MadeCall(string CallId, string Tool, string Args, string? Result);

/// <summary>Turns a turn that came to no answer into an error.</summary>
internal static class FailedTurn
{
    public static ApiError Of(RunView run) => run.Error is not { } error
        ? ApiErrors.Conflict("The turn was cancelled.")
        : new(StatusOf(error.Code), error.Code, error.Message) { Details = new { run_id = run.RunId, conversation_id = run.ConversationId, cause = error.Details } };

    private static int StatusOf(string code) => code switch
    {
        RunErrorCodes.PrivacyUnsatisfiable or RunErrorCodes.ContextLengthExceeded or RunErrorCodes.ToolNotSupported or RunErrorCodes.MaxTurnsExceeded
            or RunErrorCodes.ApprovalRejected or RunErrorCodes.ReviewRejected => StatusCodes.Status422UnprocessableEntity,
        RunErrorCodes.BudgetExceeded => StatusCodes.Status429TooManyRequests,
        RunErrorCodes.ProviderError => StatusCodes.Status502BadGateway,
        RunErrorCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RunErrorCodes.ProviderTimeout or RunErrorCodes.RunTimeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
