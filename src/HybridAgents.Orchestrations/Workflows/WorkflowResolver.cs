using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;
using HybridAgents.Orchestrations.Agents;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>Looks up all that a workflow names, as it is now: a run keeps that, whatever becomes of it.</summary>
public sealed class WorkflowResolver(WorkflowStore store, AgentResolver agents, ToolRegistry registry)
{
    /// <summary>The most workflows that one may lead to, and how deep.</summary>
    private const int MaxWorkflows = 16, MaxDepth = 3;

    private static readonly string[] Choices = ["\"anyOf\"", "\"oneOf\"", "\"not\""];

    /// <summary>Puts together what a run needs.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="faults">Takes what it names and is not there.</param>
    /// <param name="cancellationToken">Ends looking.</param>
    public async Task<WorkflowPlan> ResolveAsync(StoredWorkflow workflow, string tenant, List<WorkflowFault> faults, CancellationToken cancellationToken)
    {
        Lookup lookup = new(tenant, await registry.GetAsync(tenant, cancellationToken), faults);
        await AddAsync(workflow.WorkflowId, workflow.Version, workflow.Definition, [], "", lookup, cancellationToken);
        return new(lookup.Workflows, lookup.Agents);
    }

    /// <param name="id">The workflow.</param>
    /// <param name="version">Its version.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="above">The workflows that lead to it.</param>
    /// <param name="blame">The step of the outermost one whose fault all this is; empty for that one itself.</param>
    /// <param name="lookup">What has been found.</param>
    /// <param name="cancellationToken">Ends looking.</param>
    private async Task AddAsync(
        string id, int version, WorkflowDefinition definition, IReadOnlyList<string> above, string blame, Lookup lookup, CancellationToken cancellationToken)
    {
        lookup.Workflows[id] = new(version, definition);
        foreach ((WorkflowStep step, string path) in definition.AllSteps)
        {
            string at = blame.Length > 0 ? blame : path;
            switch (step)
            {
                case AgentStep agent:
                    await AddAgentAsync(agent.Agent, $"{at}.agent", lookup, cancellationToken);
                    break;
                case HandoffStep handoff:
                    for (int index = 0; index < handoff.Agents.Count; index++)
                        await AddAgentAsync(handoff.Agents[index].Agent, $"{at}.agents[{index}].agent", lookup, cancellationToken);
                    break;
                case ToolStep tool:
                    CheckTool(tool, at, lookup);
                    break;
                case SubWorkflowStep other:
                    await AddWorkflowAsync(other, [.. above, id], at, lookup, cancellationToken);
                    break;
            }
        }
    }

    private async Task AddWorkflowAsync(SubWorkflowStep step, IReadOnlyList<string> above, string path, Lookup lookup, CancellationToken cancellationToken)
    {
        if (above.Contains(step.Workflow))
            lookup.Fault($"{path}.workflow", $"leads back to itself: {string.Join(" → ", above.Append(step.Workflow))}");
        else if (above.Count > MaxDepth)
            lookup.Fault($"{path}.workflow", $"nests workflows more than {MaxDepth} deep");
        else if (await store.FindAsync(step.Workflow, lookup.Tenant, cancellationToken) is not { } other)
            lookup.Fault($"{path}.workflow", $"names no workflow: there is no '{step.Workflow}'; /api/v1/workflows lists what there is");
        else
        {
            CheckInputs(step, other, path, lookup);
            if (lookup.Workflows.Count >= MaxWorkflows && !lookup.Workflows.ContainsKey(other.WorkflowId))
                lookup.Fault($"{path}.workflow", $"leads to more than {MaxWorkflows} workflows");
            else
                await AddAsync(other.WorkflowId, other.Version, other.Definition, above, path, lookup, cancellationToken);
        }
    }

    private async Task AddAgentAsync(string id, string path, Lookup lookup, CancellationToken cancellationToken)
    {
        if (lookup.Agents.ContainsKey(id))
            return;
        try
        {
            lookup.Agents[id] = await agents.ResolveAsync(id, lookup.Tenant, cancellationToken);
        }
        catch (AgentUnresolvedException unresolved)
        {
            lookup.Fault(path, unresolved.Message);
        }
    }

    private static void CheckTool(ToolStep step, string path, Lookup lookup)
    {
        if (lookup.Tools.Find(step.Tool) is not { } tool)
            lookup.Fault($"{path}.tool", $"names no tool of this server: '{step.Tool}'; known: {string.Join(", ", lookup.Tools.Definitions.Select(static known => known.Name))}");
        else if (step.Retry is not null && tool.Definition.Effect == ToolEffect.AtMostOnce)
            lookup.Fault($"{path}.retry", $"is not allowed: '{step.Tool}' must not run twice");
        else
            CheckArguments(step, tool.Definition, path, lookup);
    }

    /// <summary>Whether the arguments fit the tool. What a template comes to is not known yet, and is checked when the step runs.</summary>
    private static void CheckArguments(ToolStep step, ToolDefinition tool, string path, Lookup lookup)
    {
        JsonElement arguments = step.Arguments ?? Values.Of(new object());
        string[] open = [.. Template.In(arguments, "$").Where(static entry => entry.Text.Contains("{{", StringComparison.Ordinal)).Select(static entry => entry.Path)];
        // Which of several forms the arguments have may hang on a template.
        bool choice = open.Length > 0 && Array.Exists(Choices, word => tool.Parameters.GetRawText().Contains(word, StringComparison.Ordinal));
        foreach (SchemaFault fault in JsonSchemaValidator.Validate(tool.Parameters, arguments))
        {
            if (!open.Contains(fault.Path) && !(choice && Array.Exists(open, at => at.StartsWith(fault.Path, StringComparison.Ordinal))))
                lookup.Fault($"{path}.arguments{fault.Path[1..]}", $"{fault.Message}, as '{step.Tool}' asks");
        }
    }

    /// <summary>Names only: values may be templates.</summary>
    private static void CheckInputs(SubWorkflowStep step, StoredWorkflow other, string path, Lookup lookup)
    {
        string[] given = step.Inputs is { ValueKind: JsonValueKind.Object } inputs ? [.. inputs.EnumerateObject().Select(static member => member.Name)] : [];
        foreach (string name in given.Except(other.Definition.Inputs.Keys))
            lookup.Fault($"{path}.inputs.{name}", $"is no input of '{step.Workflow}'; it has: {(other.Definition.Inputs.Count == 0 ? "none" : string.Join(", ", other.Definition.Inputs.Keys))}");
        foreach ((string name, WorkflowInput input) in other.Definition.Inputs)
        {
            if (input is { Required: true, Default: null } && !given.Contains(name))
                lookup.Fault($"{path}.inputs.{name}", $"is required by '{step.Workflow}'");
        }
    }

    private sealed class Lookup(string tenant, ToolSet tools, List<WorkflowFault> faults)
    {
        public string Tenant { get; } = tenant;

        public ToolSet Tools { get; } = tools;

        public Dictionary<string, PinnedWorkflow> Workflows { get; } = [];

        public Dictionary<string, AgentConfig> Agents { get; } = [];

        public void Fault(string path, string message)
        {
            if (faults.Count < 50)
                faults.Add(new(path, message));
        }
    }
}
