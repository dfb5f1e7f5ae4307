using HybridAgents.Core.Workflows.Expressions;

namespace HybridAgents.Core.Workflows;

/// <summary>What is known where a step stands.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="All">All its steps.</param>
/// <param name="Before">The steps that may have run.</param>
internal sealed record FlowScope(WorkflowDefinition Workflow, IReadOnlyDictionary<string, WorkflowStep> All, HashSet<string> Before) : ITypeScope
{
    private static readonly ExpressionType Answer = ExpressionType.Object(("text", ExpressionType.Text), ("data", ExpressionType.Any));
    private static readonly ExpressionType BranchAnswer = ExpressionType.Object(("text", ExpressionType.Text), ("data", ExpressionType.Any), ("error", ExpressionType.Text));

    public bool InLoop { get; init; }

    public bool HasItem { get; init; }

    public ExpressionType? Get(string name) => name switch
    {
        "input" => ExpressionType.Object([.. Workflow.Inputs.Select(static input => (input.Key, Of(input.Value.Type)))]),
        "loop" when InLoop => ExpressionType.Object(("iteration", ExpressionType.Number)),
        "item" when HasItem => ExpressionType.Any,
        "index" when HasItem => ExpressionType.Number,
        _ => null,
    };

    public ExpressionType? Step(string id, Action<string> fault)
    {
        if (All.TryGetValue(id, out WorkflowStep? step) && Before.Contains(id))
            return ExpressionType.Object(("output", OutputOf(step)), ("error", ExpressionType.Text));
        fault(step is null
            ? $"there is no step '{id}'; known here: {(Before.Count == 0 ? "none" : string.Join(", ", Before))}"
            : $"the step '{id}' cannot have run before this one, or runs inside of a parallel step, whose own output is read instead");
        return null;
    }

    private static ExpressionType OutputOf(WorkflowStep step) => step switch
    {
        HandoffStep => ExpressionType.Object(("text", ExpressionType.Text), ("data", ExpressionType.Any), ("agent", ExpressionType.Text)),
        ParallelStep { Items: not null } => ExpressionType.Object(("items", ExpressionType.List), ("failed", ExpressionType.Number)),
        ParallelStep parallel => ExpressionType.Object(
            ("branches", ExpressionType.Object([.. parallel.Branches.DistinctBy(static branch => branch.Name).Select(static branch => (branch.Name, BranchAnswer))])), ("failed", ExpressionType.Number)),
        LoopStep => ExpressionType.Object(("iterations", ExpressionType.Number), ("done", ExpressionType.Boolean)),
        BranchStep => ExpressionType.Object(("case", ExpressionType.Number)),
        ApprovalStep => ExpressionType.Object(("approved", ExpressionType.Boolean), ("decision", ExpressionType.Text), ("comment", ExpressionType.Text)),
        WaitStep => ExpressionType.Object(("timed_out", ExpressionType.Boolean), ("data", ExpressionType.Any)),
        _ => Answer,
    };

    private static ExpressionType Of(InputType type) => type switch
    {
        InputType.String => ExpressionType.Text,
        InputType.Number => ExpressionType.Number,
        InputType.Boolean => ExpressionType.Boolean,
        InputType.Array => ExpressionType.List,
        _ => new(ValueKind.Object),
    };
}
