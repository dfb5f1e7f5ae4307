using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Tools;

/// <summary>Tool calls outside of runs, each a durable execution. Every call sees only the caller's tenant.</summary>
public interface IToolExecutions
{
    /// <summary>Accepts a call. When the task ends, the call is durable.</summary>
    /// <exception cref="Durable.EngineBusyException">No new work is taken now.</exception>
    Task<ToolExecutionStart> StartAsync(ToolExecutionRequest request, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Settles a call of which nobody knows whether it took effect. The first decision stands.</summary>
    Task<AnswerResult> ReviewAsync(string callId, RunCaller caller, ToolReview review, CancellationToken cancellationToken);

    /// <summary>Reads a call, waiting up to <paramref name="wait"/> for its end; null if there is none.</summary>
    Task<ToolExecutionView?> WaitAsync(string callId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken);
}

/// <summary>A call whose tool exists and whose arguments fit its schema.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">A JSON object.</param>
/// <param name="Timeout">The longest run, if shorter than the tool's own.</param>
/// <param name="IdempotencyKey">What makes a repeated request the same call for a day, by caller; null for none.</param>
public sealed record ToolExecutionRequest(ITool Tool, JsonElement Arguments, TimeSpan? Timeout = null, string? IdempotencyKey = null);

/// <summary>The outcome of a start.</summary>
/// <param name="CallId">The call.</param>
/// <param name="KeyReused">Whether the key was used for another call, so that none was started.</param>
public sealed record ToolExecutionStart(string CallId, bool KeyReused = false);

/// <summary>A call as it stands.</summary>
/// <param name="Name">The tool.</param>
/// <param name="CallId">The call.</param>
/// <param name="Status"><c>running</c>, <c>completed</c>, or <c>requires_action</c>: nobody knows whether it took effect, and a person settles that.</param>
/// <param name="Result">What the tool answered; null while it runs.</param>
/// <param name="IsError">Whether it failed; null while it runs.</param>
/// <param name="DurationMs">How long it ran; null while it runs.</param>
/// <param name="Cached">Whether the result was kept from an earlier call; null while it runs.</param>
/// <param name="PollingUrl">Where to look for the result.</param>
public sealed record ToolExecutionView(string Name, string CallId, string Status, string? Result, bool? IsError, long? DurationMs, bool? Cached, string PollingUrl)
{
    /// <summary>The status of a call that waits for a review.</summary>
    public const string RequiresAction = "requires_action";

    /// <summary>Gets whether the call has ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Ended => Result is not null;
}
