using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Chat completions: one call through router and provider pipeline, falling back along the decision's candidates. Text of two models is never mixed.</summary>
/// <remarks>Every chat leaves a row in the table <c>chats</c>, cancelled and failed ones too; see <see cref="ChatLog"/>.</remarks>
public interface IChatService
{
    /// <summary>Calls models until one has answered whole.</summary>
    /// <exception cref="ChatException">Nobody could serve.</exception>
    Task<ChatAnswer> CompleteAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Calls models until one has begun to answer: with its first token, so that a fallback before it shows nowhere.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Aborts the call, also while the answer is read: the provider's socket is closed at once.</param>
    /// <exception cref="ChatException">Nobody could serve.</exception>
    Task<IChatStream> OpenAsync(ChatRequest request, RunCaller caller, CancellationToken cancellationToken);
}

/// <summary>An answer that has begun. To be disposed of, which ends the call if it still runs.</summary>
public interface IChatStream : IAsyncDisposable
{
    /// <summary>Gets whose answer it is and why.</summary>
    ChatOrigin Origin { get; }

    /// <summary>Reads the answer, once; the last update is <see cref="ModelUpdate.Finished"/>.</summary>
    /// <exception cref="ChatException">The answer broke off; it is void.</exception>
    IAsyncEnumerable<ModelUpdate> ReadAsync();
}

/// <summary>Whose answer it is and why.</summary>
/// <param name="Id">The chat's id, <c>chatcmpl-…</c>.</param>
/// <param name="Created">When it was asked, UTC.</param>
/// <param name="Model">The model that answers.</param>
/// <param name="Decision">How it was chosen.</param>
/// <param name="Attempts">The attempts that failed before.</param>
public sealed record ChatOrigin(string Id, DateTimeOffset Created, ModelRef Model, RoutingDecision Decision, IReadOnlyList<AttemptView> Attempts)
{
    /// <summary>Gets why the model was chosen, as it is shown.</summary>
    public RoutingMetricsView Metrics => TurnPlan.RoutingMetrics(Decision);
}

/// <summary>A whole answer.</summary>
/// <param name="Origin">Whose it is and why.</param>
/// <param name="Choices">As many as were asked for.</param>
/// <param name="Usage">Tokens of the answering call, of all choices together.</param>
public sealed record ChatAnswer(ChatOrigin Origin, IReadOnlyList<ChatAnswerChoice> Choices, TokenUsage Usage);

/// <summary>One of the answers of a call.</summary>
/// <param name="Text">The text; null when there are only tool calls.</param>
/// <param name="Calls">The tool calls, in order.</param>
/// <param name="Probabilities">Arrays of token probabilities, in order; empty unless asked for.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</param>
public sealed record ChatAnswerChoice(string? Text, IReadOnlyList<ToolCall> Calls, IReadOnlyList<System.Text.Json.JsonElement> Probabilities, string FinishReason);

/// <summary>A chat that nobody could serve. The message holds no secret and no prompt.</summary>
/// <param name="error">Why; the code is one of <see cref="RunErrorCodes"/> or <see cref="ChatErrorCodes"/>.</param>
public sealed class ChatException(RunError error) : Exception(error.Message)
{
    /// <summary>Gets why.</summary>
    public RunError Error { get; } = error;

    /// <summary>Gets the field of the request that stands in the way; null for none.</summary>
    public string? Field { get; init; }

    /// <summary>Gets how long the provider asks to wait; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets whether models were called, all of them in vain.</summary>
    public bool Exhausted { get; init; }

    /// <summary>Gets the attempts, all in vain.</summary>
    public IReadOnlyList<AttemptView> Attempts { get; init; } = [];
}

/// <summary>The stable codes of failed chats beside those of runs.</summary>
public static class ChatErrorCodes
{
    /// <summary>No provider has the model, or there is no such provider.</summary>
    public const string ModelNotFound = "model_not_found";

    /// <summary>No model that may serve knows what a field asks for.</summary>
    public const string ParameterNotSupported = "parameter_not_supported";

    /// <summary>The provider takes no more calls for now.</summary>
    public const string RateLimited = "rate_limit_exceeded";

    /// <summary>The provider refused the request itself.</summary>
    public const string Rejected = "request_rejected";
}
