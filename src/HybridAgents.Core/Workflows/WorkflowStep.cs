using System.Reflection;
using System.Text.Json.Serialization;

namespace HybridAgents.Core.Workflows;

/// <summary>One step. Steps of a list run one after the other, unless <see cref="Next"/> leaves some out.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AgentStep), "agent")]
[JsonDerivedType(typeof(ToolStep), "tool")]
[JsonDerivedType(typeof(ParallelStep), "parallel")]
[JsonDerivedType(typeof(HandoffStep), "handoff")]
[JsonDerivedType(typeof(LoopStep), "loop")]
[JsonDerivedType(typeof(BranchStep), "branch")]
[JsonDerivedType(typeof(ApprovalStep), "approval")]
[JsonDerivedType(typeof(WaitStep), "wait")]
[JsonDerivedType(typeof(SubWorkflowStep), "workflow")]
public abstract record WorkflowStep
{
    private static readonly Dictionary<Type, string> Names =
        typeof(WorkflowStep).GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).ToDictionary(static type => type.DerivedType, static type => (string)type.TypeDiscriminator!);

    /// <summary>What <see cref="Next"/> says to leave the rest of the list out.</summary>
    public const string End = "end";

    /// <summary>Gets the id, unique in the workflow: how other steps refer to it.</summary>
    public required string Id { get; init; }

    /// <summary>Gets what it is for; null if nobody said.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the step of the same list that follows, or <see cref="End"/>; null for the one below it.</summary>
    public string? Next { get; init; }

    /// <summary>Gets the name of its type, as in the document.</summary>
    [JsonIgnore]
    public string Type => Names[GetType()];

    /// <summary>Gets the lists of steps in it.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<StepBlock> Blocks => [];
}

/// <summary>A list of steps within a step.</summary>
/// <param name="Path">Where it is in the step's document.</param>
/// <param name="Name">What it is called in paths of runs and in pictures.</param>
/// <param name="Steps">The steps.</param>
public sealed record StepBlock(string Path, string Name, IReadOnlyList<WorkflowStep> Steps);

/// <summary>A step that does something, and may fail at it.</summary>
public abstract record WorkStep : WorkflowStep
{
    /// <summary>Gets what becomes of the run when the step has failed for good.</summary>
    public ErrorPolicy OnError { get; init; }

    /// <summary>Gets whether and how a failed attempt is repeated; null for never.</summary>
    public StepRetry? Retry { get; init; }

    /// <summary>Gets how long one attempt may take, in seconds; null for as long as the run may.</summary>
    public int? TimeoutSeconds { get; init; }
}

/// <summary>What follows a failure.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ErrorPolicy>))]
public enum ErrorPolicy
{
    /// <summary>The run fails.</summary>
    Fail,

    /// <summary>The run goes on; the failure can be read at <c>steps.id.error</c>.</summary>
    Continue,
}

/// <summary>How failed attempts are repeated.</summary>
public sealed record StepRetry
{
    /// <summary>Gets the most attempts, the first one included; 2 to 10.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Gets how long to wait before the second attempt, in seconds; 0 to 86400.</summary>
    public double DelaySeconds { get; init; }

    /// <summary>Gets by how much each further wait is longer than the one before; 1 to 10.</summary>
    public double Backoff { get; init; } = 1;

    /// <summary>How long to wait after a failed attempt; at most a day.</summary>
    /// <param name="attempt">The attempt that failed, 1-based.</param>
    public TimeSpan DelayAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(86_400, DelaySeconds * Math.Pow(Backoff, attempt - 1)));
}
