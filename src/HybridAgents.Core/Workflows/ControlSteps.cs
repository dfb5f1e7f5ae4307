using System.Globalization;
using System.Text.Json.Serialization;

namespace HybridAgents.Core.Workflows;

/// <summary>Steps are repeated until a condition holds.</summary>
public sealed record LoopStep : WorkflowStep
{
    /// <summary>Gets what is repeated; there <c>loop.iteration</c> (1-based) is known.</summary>
    public required IReadOnlyList<WorkflowStep> Steps { get; init; }

    /// <summary>Gets the condition, read after each round.</summary>
    public required string Until { get; init; }

    /// <summary>Gets the most rounds.</summary>
    public int MaxIterations { get; init; } = 10;

    /// <summary>Gets what becomes of the run when the condition does not hold after the last round.</summary>
    public ErrorPolicy OnLimit { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StepBlock> Blocks => [new("steps", "steps", Steps)];
}

/// <summary>The first case whose condition holds is done, or else the other steps.</summary>
public sealed record BranchStep : WorkflowStep
{
    /// <summary>Gets the cases.</summary>
    public required IReadOnlyList<BranchCase> Cases { get; init; }

    /// <summary>Gets what is done when no case holds; empty for nothing.</summary>
    public IReadOnlyList<WorkflowStep> Else { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StepBlock> Blocks =>
        [.. Cases.Select(static (entry, index) => new StepBlock($"cases[{index}].steps", entry.When, entry.Steps)), new("else", "else", Else)];
}

/// <summary>A case of a branch.</summary>
/// <param name="When">The condition.</param>
/// <param name="Steps">What is done when it holds.</param>
public sealed record BranchCase(string When, IReadOnlyList<WorkflowStep> Steps);

/// <summary>A person agrees or refuses.</summary>
public sealed record ApprovalStep : WorkflowStep
{
    /// <summary>Gets what is asked, a template.</summary>
    public required string Message { get; init; }

    /// <summary>Gets how long an answer may take.</summary>
    public int TimeoutSeconds { get; init; } = 86_400;

    /// <summary>Gets what no answer in time counts as.</summary>
    public ApprovalDecision OnTimeout { get; init; } = ApprovalDecision.Reject;

    /// <summary>Gets what becomes of the run after a refusal.</summary>
    public ErrorPolicy OnReject { get; init; }
}

/// <summary>An answer to an approval.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ApprovalDecision>))]
public enum ApprovalDecision
{
    Approve,
    Reject,
}

/// <summary>Time passes, or something is told from outside.</summary>
public sealed record WaitStep : WorkflowStep
{
    /// <summary>Gets how long to wait, in seconds; null if something else is waited for.</summary>
    public double? Seconds { get; init; }

    /// <summary>Gets a template that gives the time to wait for, ISO 8601; null if something else is waited for.</summary>
    public string? Until { get; init; }

    /// <summary>The time that <see cref="Until"/> has come to; null if it is none.</summary>
    public static DateTimeOffset? ParseUntil(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Gets the name of the event to wait for; null if something else is waited for.</summary>
    public string? Event { get; init; }

    /// <summary>Gets how long the event may take.</summary>
    public int TimeoutSeconds { get; init; } = 86_400;

    /// <summary>Gets what becomes of the run when the event does not come in time.</summary>
    public ErrorPolicy OnTimeout { get; init; }
}
