using System.Text.Json;

namespace HybridAgents.Core.Runs;

/// <summary>Why a run failed.</summary>
/// <param name="Code">One of <see cref="RunErrorCodes"/>.</param>
/// <param name="Message">What happened, in words for the caller; no secret, no prompt.</param>
/// <param name="Details">More, by code.</param>
public sealed record RunError(string Code, string Message, JsonElement? Details = null);

/// <summary>The stable codes of failed runs.</summary>
public static class RunErrorCodes
{
    public const string ProviderError = "provider_error";
    public const string ProviderTimeout = "provider_timeout";
    public const string PrivacyUnsatisfiable = "privacy_unsatisfiable";
    public const string ContextLengthExceeded = "context_length_exceeded";
    public const string ToolNotSupported = "tool_not_supported";
    public const string BudgetExceeded = "budget_exceeded";
    public const string RunTimeout = "run_timeout";
    public const string MaxTurnsExceeded = "max_turns_exceeded";
    public const string ReviewRejected = "review_rejected";
    public const string ApprovalRejected = "approval_rejected";
    public const string StepFailed = "step_failed";
    public const string Unavailable = "unavailable";
    public const string SystemError = "system_error";
}
