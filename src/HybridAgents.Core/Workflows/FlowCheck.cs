using System.Text.Json;
using HybridAgents.Core.Workflows.Expressions;

namespace HybridAgents.Core.Workflows;

/// <summary>One walk through a workflow in the order of execution, with what may have run before each step.</summary>
internal sealed class FlowCheck(WorkflowDefinition workflow, List<WorkflowFault> faults)
{
    private readonly Dictionary<string, WorkflowStep> _all = workflow.AllSteps.DistinctBy(static entry => entry.Step.Id).ToDictionary(static entry => entry.Step.Id, static entry => entry.Step);

    public void Run()
    {
        HashSet<string> end = CheckList(workflow.Steps, "steps", new(workflow, _all, []));
        if (workflow.Output is { } output)
            CheckTemplates(output, "output", new(workflow, _all, end));
    }

    /// <summary>Checks a list of steps.</summary>
    /// <returns>What may have run when the list is done.</returns>
    private HashSet<string> CheckList(IReadOnlyList<WorkflowStep> steps, string path, FlowScope scope)
    {
        HashSet<string>?[] before = new HashSet<string>?[steps.Count + 1];
        before[0] = [.. scope.Before];
        for (int index = 0; index < steps.Count; index++)
        {
            WorkflowStep step = steps[index];
            string at = $"{path}[{index}]";
            if (before[index] is null)
                faults.Add(new(at, $"cannot be reached: every step before '{step.Id}' goes elsewhere"));
            HashSet<string> after = CheckStep(step, at, scope with { Before = before[index] ?? scope.Before });
            int target = Target(steps, index, at);
            (before[target] ??= []).UnionWith(after);
        }

        return before[steps.Count] ?? scope.Before;
    }

    private int Target(IReadOnlyList<WorkflowStep> steps, int index, string path)
    {
        if (steps[index].Next is not { } next)
            return index + 1;
        if (next == WorkflowStep.End)
            return steps.Count;
        int target = steps.ToList().FindIndex(step => step.Id == next);
        if (target < 0)
            faults.Add(new($"{path}.next", $"names no step of the same list; allowed: {string.Join(", ", steps.Skip(index + 1).Select(static step => step.Id).Append(WorkflowStep.End))}"));
        else if (target <= index)
            faults.Add(new($"{path}.next", $"leads back to '{next}', which makes a cycle; repeat steps with a loop"));
        return target > index ? target : index + 1;
    }

    private HashSet<string> CheckStep(WorkflowStep step, string path, FlowScope scope)
    {
        HashSet<string> after = [.. scope.Before, step.Id];
        switch (step)
        {
            case AgentStep agent:
                CheckTemplate(agent.Input, $"{path}.input", scope);
                CheckTemplate(agent.Instructions, $"{path}.instructions", scope);
                break;
            case ToolStep { Arguments: { } arguments }:
                CheckTemplates(arguments, $"{path}.arguments", scope);
                break;
            case SubWorkflowStep { Inputs: { } inputs }:
                CheckTemplates(inputs, $"{path}.inputs", scope);
                break;
            case HandoffStep handoff:
                CheckTemplate(handoff.Input, $"{path}.input", scope);
                CheckNames([.. handoff.Agents.Select(static agent => agent.Name)], $"{path}.agents");
                for (int index = 0; index < handoff.Agents.Count; index++)
                    CheckTemplate(handoff.Agents[index].Instructions, $"{path}.agents[{index}].instructions", scope);
                break;
            case ApprovalStep approval:
                CheckTemplate(approval.Message, $"{path}.message", scope);
                break;
            case WaitStep wait:
                CheckTemplate(wait.Until, $"{path}.until", scope);
                if (new[] { wait.Seconds is not null, wait.Until is not null, wait.Event is not null }.Count(static given => given) != 1)
                    faults.Add(new(path, "must have exactly one of seconds, until and event"));
                if (wait.Until is { } time && !time.Contains("{{", StringComparison.Ordinal) && WaitStep.ParseUntil(time) is null)
                    faults.Add(new($"{path}.until", "must be an ISO 8601 time, such as 2030-01-31T09:00:00Z"));
                break;
            case ParallelStep parallel:
                CheckParallel(parallel, path, scope);
                break;
            case BranchStep branch:
                for (int index = 0; index < branch.Cases.Count; index++)
                {
                    CheckCondition(branch.Cases[index].When, $"{path}.cases[{index}].when", scope);
                    after.UnionWith(CheckList(branch.Cases[index].Steps, $"{path}.cases[{index}].steps", scope));
                }

                after.UnionWith(CheckList(branch.Else, $"{path}.else", scope));
                break;
            case LoopStep loop:
                // A later round sees what an earlier one did.
                FlowScope inside = scope with { Before = [.. scope.Before, .. Visible(loop.Steps)], InLoop = true };
                after.UnionWith(CheckList(loop.Steps, $"{path}.steps", inside));
                CheckCondition(loop.Until, $"{path}.until", inside);
                break;
        }

        return after;
    }

    private void CheckParallel(ParallelStep parallel, string path, FlowScope scope)
    {
        bool each = parallel.Items is not null;
        if (each == (parallel.Branches.Count > 0) || each != (parallel.Steps.Count > 0))
        {
            faults.Add(new(path, "must have either branches, or items and steps"));
            return;
        }

        CheckNames([.. parallel.Branches.Select(static branch => branch.Name)], $"{path}.branches");
        if (parallel.Items is { } items && Parse(items, $"{path}.items", Template.Parse) is { } template)
        {
            if (template.Only is not { } list)
                faults.Add(new($"{path}.items", "must be a single expression that gives a list, such as {{input.topics}}"));
            else if (list.Check(scope, fault => faults.Add(new($"{path}.items", fault))) is var type && !type.MayBe(ValueKind.List))
                faults.Add(new($"{path}.items", $"is {type}; a list is needed"));
        }

        foreach (StepBlock block in parallel.Blocks)
            CheckList(block.Steps, $"{path}.{block.Path}", scope with { HasItem = scope.HasItem || each });
    }

    private void CheckNames(IReadOnlyList<string> names, string path)
    {
        for (int index = 0; index < names.Count; index++)
        {
            if (names.Take(index).Contains(names[index]))
                faults.Add(new($"{path}[{index}].name", $"is '{names[index]}' a second time"));
        }
    }

    private void CheckCondition(string text, string path, FlowScope scope)
    {
        if (Parse(text, path, Expression.Parse) is not { } condition)
            return;
        ExpressionType type = condition.Check(scope, fault => faults.Add(new(path, fault)));
        if (!type.MayBe(ValueKind.Boolean))
            faults.Add(new(path, $"is {type}; a condition must be true or false"));
    }

    private void CheckTemplates(JsonElement value, string path, FlowScope scope)
    {
        foreach ((string at, string text) in Template.In(value, path))
            CheckTemplate(text, at, scope);
    }

    private void CheckTemplate(string? text, string path, FlowScope scope)
    {
        if (text is null || Parse(text, path, Template.Parse) is not { } template)
            return;
        foreach (Expression expression in template.Expressions)
            expression.Check(scope, fault => faults.Add(new(path, fault)));
    }

    private T? Parse<T>(string text, string path, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parse(text);
        }
        catch (ExpressionException error)
        {
            faults.Add(new(path, error.Message));
            return null;
        }
    }

    /// <summary>The steps that what follows a list can read: not those inside of parallel steps, which have runs of their own.</summary>
    private static IEnumerable<string> Visible(IReadOnlyList<WorkflowStep> steps) =>
        steps.SelectMany(step => step is ParallelStep ? [step.Id] : step.Blocks.SelectMany(block => Visible(block.Steps)).Append(step.Id));
}
