using System.Text.Json;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Where a run of a workflow stands after a turn. What steps said is not in it, but where that lies; so it stays small.</summary>
internal sealed record WorkflowState
{
    /// <summary>Gets the lists that are being gone through, the innermost last.</summary>
    public required IReadOnlyList<Frame> Frames { get; init; }

    /// <summary>Gets how steps ended, the last time that they ran.</summary>
    public IReadOnlyDictionary<string, StepEnd> Done { get; init; } = new Dictionary<string, StepEnd>();

    /// <summary>Gets the step whose call this turn makes; null after the last one.</summary>
    public PendingStep? Pending { get; init; }

    /// <summary>Gets how many events of each name have been taken.</summary>
    public IReadOnlyDictionary<string, int> Heard { get; init; } = new Dictionary<string, int>();

    /// <summary>Gets the step that ended last.</summary>
    public string? Last { get; init; }

    public Frame Top => Frames[^1];

    public WorkflowState WithTop(Frame frame) => this with { Frames = [.. Frames.SkipLast(1), frame] };

    public WorkflowState With(string step, StepEnd end) => this with { Done = new Dictionary<string, StepEnd>(Done) { [step] = end }, Last = step };
}

/// <summary>A place in a list of steps.</summary>
/// <param name="Step">The step whose block the list is; null for the workflow's own list.</param>
/// <param name="Block">Which block of it.</param>
/// <param name="Next">The position of the step to come.</param>
/// <param name="Round">The round of a loop, 1-based; 0 elsewhere.</param>
internal sealed record Frame(string? Step, int Block, int Next = 0, int Round = 0);

/// <summary>How a step ended.</summary>
/// <param name="Turn">The turn whose call's result is the output; 0 if <paramref name="Value"/> is it.</param>
/// <param name="Value">The output, if it is no call's result.</param>
/// <param name="Failed">Whether it failed, and the call's result or <paramref name="Value"/> says why.</param>
/// <param name="Agent">Which agent answered at last, after handing over.</param>
internal sealed record StepEnd(int Turn, JsonElement? Value = null, bool Failed = false, string? Agent = null);

/// <summary>A step whose call is under way.</summary>
/// <param name="Step">The step.</param>
/// <param name="Attempt">The attempt, 1-based.</param>
/// <param name="Paused">Whether the call is only the pause before the attempt.</param>
/// <param name="Hop">How often work was handed over.</param>
/// <param name="Agent">Who has it, by name.</param>
internal sealed record PendingStep(string Step, int Attempt = 1, bool Paused = false, int Hop = 0, string? Agent = null);
