using System.Text.Json;
using HybridAgents.Core.Workflows;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Versions;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>A change's outcome.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Workflow">The workflow after it; as it stands, if it conflicts; null if it is not there.</param>
public sealed record WorkflowChangeResult(VersionedChange Outcome, StoredWorkflow? Workflow = null);

/// <summary>Workflows, in the table <c>workflows</c>. Safe for concurrent use.</summary>
public sealed class WorkflowStore(ITableStore tables, TimeProvider time)
{
    /// <summary>The most workflows of a tenant.</summary>
    public const int MaxWorkflows = 500;

    /// <summary>How many versions of a workflow are kept.</summary>
    public const int MaxVersions = VersionedTable<JsonElement>.MaxVersions;

    private readonly VersionedTable<JsonElement> _table = new(tables.GetTable("workflows"), MaxWorkflows, time);

    /// <summary>Finds a workflow; null if there is none.</summary>
    public async Task<StoredWorkflow?> FindAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await _table.FindAsync(id, tenant, cancellationToken) is { } found ? View(found) : null;

    /// <summary>All workflows of a tenant, newest first.</summary>
    public async Task<IReadOnlyList<StoredWorkflow>> ListAsync(string tenant, CancellationToken cancellationToken) =>
        [.. (await _table.ListAsync(tenant, cancellationToken)).Select(View)];

    /// <summary>Makes a workflow.</summary>
    public async Task<WorkflowChangeResult> AddAsync(string id, JsonElement document, string tenant, CancellationToken cancellationToken) =>
        Result(await _table.AddAsync(id, document, tenant, cancellationToken));

    /// <summary>Makes the next version of a workflow. Runs that have begun go on with theirs.</summary>
    /// <param name="id">The workflow.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="expected">The version that the caller has seen; null for whatever stands.</param>
    /// <param name="document">What it is then; a valid workflow.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<WorkflowChangeResult> ChangeAsync(string id, string tenant, int? expected, JsonElement document, CancellationToken cancellationToken) =>
        Result(await _table.ChangeAsync(id, tenant, expected, _ => document, cancellationToken));

    /// <summary>The versions of a workflow that are kept, newest first; empty if there is no such workflow.</summary>
    public async Task<IReadOnlyList<StoredWorkflow>> VersionsAsync(string id, string tenant, CancellationToken cancellationToken) =>
        [.. (await _table.VersionsAsync(id, tenant, cancellationToken)).Select(View)];

    /// <summary>Removes a workflow with its versions; null if there is none. Its runs stay.</summary>
    public async Task<StoredWorkflow?> RemoveAsync(string id, string tenant, CancellationToken cancellationToken) =>
        await _table.RemoveAsync(id, tenant, cancellationToken) is { } removed ? View(removed) : null;

    private static WorkflowChangeResult Result((VersionedChange Outcome, Versioned<JsonElement>? Document) change) =>
        new(change.Outcome, change.Document is null ? null : View(change.Document));

    private static StoredWorkflow View(Versioned<JsonElement> found) => new(found.Id, found.Version, found.Definition, found.CreatedAt, found.UpdatedAt);
}
