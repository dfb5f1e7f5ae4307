using System.Text.Json;
using HybridAgents.Core.Workflows;

namespace HybridAgents.Api.Workflows;

/// <summary>A workflow.</summary>
/// <param name="WorkflowId">Its id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Version">Counts its changes from 1; what <c>If-Match</c> compares.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When this version was made, UTC.</param>
/// <param name="Definition">What it is, as its author wrote it.</param>
public sealed record WorkflowDocument(
    string WorkflowId, string Name, string? Description, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, JsonElement Definition)
{
    internal static WorkflowDocument From(StoredWorkflow it) =>
        new(it.WorkflowId, it.Definition.Name, it.Definition.Description, it.Version, it.CreatedAt, it.UpdatedAt, it.Document);
}

/// <summary>A workflow in a list.</summary>
public sealed record WorkflowSummary(string WorkflowId, string Name, string? Description, int Version, int Steps, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static WorkflowSummary From(StoredWorkflow it) =>
        new(it.WorkflowId, it.Definition.Name, it.Definition.Description, it.Version, it.Definition.AllSteps.Count(), it.CreatedAt, it.UpdatedAt);
}

/// <summary>A page of workflows, newest first.</summary>
public sealed record WorkflowList(IReadOnlyList<WorkflowSummary> Workflows, int Total, int Limit, int Offset);

/// <summary>The versions of a workflow that are kept, newest first.</summary>
public sealed record WorkflowVersions(string WorkflowId, IReadOnlyList<WorkflowDocument> Versions);

/// <summary>A workflow is gone.</summary>
public sealed record WorkflowDeleted(bool Success, string Message);

/// <summary>A workflow is right.</summary>
/// <param name="Valid">Always true: what is wrong is a 400 with every fault.</param>
/// <param name="Steps">How many steps it has, all levels together.</param>
/// <param name="Graph">A Mermaid flow chart of it.</param>
public sealed record WorkflowChecked(bool Valid, int Steps, string Graph);

/// <summary>An event that a run has taken.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Repeated">Whether it had come before, under the same id.</param>
/// <param name="PollingUrl">The run's status.</param>
public sealed record EventTaken(string RunId, string Event, bool Repeated, string PollingUrl);
