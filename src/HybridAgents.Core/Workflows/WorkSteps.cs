using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Core.Workflows;

/// <summary>An agent answers; a run of its own.</summary>
public sealed record AgentStep : WorkStep
{
    /// <summary>Gets a stored agent's id, or a built-in type.</summary>
    public string Agent { get; init; } = Agents.AgentCatalog.DefaultType;

    /// <summary>Gets what it is asked, a template.</summary>
    public required string Input { get; init; }

    /// <summary>Gets instructions beside the agent's own prompt, a template; null for none.</summary>
    public string? Instructions { get; init; }

    /// <summary>Gets the model; null for the agent's own.</summary>
    public string? Model { get; init; }
}

/// <summary>A tool is called with arguments that the workflow gives.</summary>
public sealed record ToolStep : WorkStep
{
    /// <summary>Gets the tool's name.</summary>
    public required string Tool { get; init; }

    /// <summary>Gets the arguments, a template; null for none.</summary>
    public JsonElement? Arguments { get; init; }
}

/// <summary>Lists of steps side by side: the declared branches, or one list for each item of a list.</summary>
public sealed record ParallelStep : WorkStep
{
    /// <summary>The most items.</summary>
    public const int MaxItems = 50;

    /// <summary>Gets the branches; empty with <see cref="Items"/>.</summary>
    public IReadOnlyList<ParallelBranch> Branches { get; init; } = [];

    /// <summary>Gets a template that gives a list, of at most <see cref="MaxItems"/> items; null with branches.</summary>
    public string? Items { get; init; }

    /// <summary>Gets what is done for each item; there <c>item</c> and <c>index</c> (0-based) are known. Empty with branches.</summary>
    public IReadOnlyList<WorkflowStep> Steps { get; init; } = [];

    /// <summary>Gets how many run at once.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>Gets whether the step fails when a branch has; all others end first in any case.</summary>
    public ErrorPolicy OnFailure { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<StepBlock> Blocks => Items is null
        ? [.. Branches.Select(static (branch, index) => new StepBlock($"branches[{index}].steps", branch.Name, branch.Steps))]
        : [new("steps", "each", Steps)];
}

/// <summary>A branch of a parallel step.</summary>
/// <param name="Name">How its output is called.</param>
/// <param name="Steps">What it does.</param>
public sealed record ParallelBranch(string Name, IReadOnlyList<WorkflowStep> Steps);

/// <summary>An agent answers, or hands over to another one by ending with a line <c>transfer_to: name</c>.</summary>
public sealed record HandoffStep : WorkStep
{
    /// <summary>Gets the agents; the first one begins.</summary>
    public required IReadOnlyList<HandoffAgent> Agents { get; init; }

    /// <summary>Gets what the first one is asked, a template.</summary>
    public required string Input { get; init; }

    /// <summary>Gets how often work may be handed over; whoever has it then must answer.</summary>
    public int MaxHandoffs { get; init; } = 4;
}

/// <summary>An agent that may be handed work.</summary>
/// <param name="Name">How the others call it.</param>
/// <param name="Agent">A stored agent's id, or a built-in type.</param>
/// <param name="Description">What it is for, as the others are told.</param>
/// <param name="Instructions">Instructions beside the agent's own prompt; null for none.</param>
public sealed record HandoffAgent(string Name, string Agent, string? Description = null, string? Instructions = null);

/// <summary>Another workflow is run.</summary>
public sealed record SubWorkflowStep : WorkStep
{
    /// <summary>Gets its id.</summary>
    public required string Workflow { get; init; }

    /// <summary>Gets its inputs, a template; null for none.</summary>
    public JsonElement? Inputs { get; init; }
}
