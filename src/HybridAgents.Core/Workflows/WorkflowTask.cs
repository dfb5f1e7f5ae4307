using System.Text.Json;
using HybridAgents.Core.Runs;

namespace HybridAgents.Core.Workflows;

/// <summary>What a run of a workflow is to do.</summary>
public sealed record WorkflowTask
{
    /// <summary>The type under which runs of workflows are listed among agents' runs.</summary>
    public const string AgentType = "workflow";

    /// <summary>The most turns of a run: steps that do something, repetitions included.</summary>
    public const int MaxTurns = 1000;

    /// <summary>Gets the workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>Gets its version when the run was accepted.</summary>
    public required int Version { get; init; }

    /// <summary>Gets the inputs, complete.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>Gets the parallel step whose block is run; null for the whole workflow.</summary>
    public string? Step { get; init; }

    /// <summary>Gets which block of that step.</summary>
    public int Block { get; init; }

    /// <summary>Gets what else is known there: <c>item</c>, <c>index</c>, <c>loop</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Names { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Gets all that the run and its sub-runs are made of; only in the run that a caller started.</summary>
    public WorkflowPlan? Plan { get; init; }
}

/// <summary>Workflows and agents as they were when a run was accepted, so that no later change reaches it.</summary>
/// <param name="Workflows">The workflow and all that it leads to, by id.</param>
/// <param name="Agents">All agents that they name, by id.</param>
public sealed record WorkflowPlan(IReadOnlyDictionary<string, PinnedWorkflow> Workflows, IReadOnlyDictionary<string, AgentConfig> Agents);

/// <summary>A workflow at a version.</summary>
public sealed record PinnedWorkflow(int Version, WorkflowDefinition Definition);

/// <summary>A workflow that can be named by id.</summary>
/// <param name="WorkflowId">The id.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Document">What it is, as its author wrote it.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When this version was made, UTC.</param>
public sealed record StoredWorkflow(string WorkflowId, int Version, JsonElement Document, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Gets what it is.</summary>
    public WorkflowDefinition Definition => field ??= Document.Deserialize<WorkflowDefinition>(WorkflowJson.Options)!;
}
