using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Api.Workflows;

/// <summary>Reads workflows from bodies: form, meaning, and what they name.</summary>
public sealed class WorkflowReader(WorkflowResolver resolver, TimeProvider time)
{
    private static readonly string[] Reserved = ["schema", "validate"];

    /// <summary>The body of a workflow; its form is the published schema.</summary>
    internal static AnyObjectSchema Body { get; } = new(WorkflowDefinition.MaxBytes);

    /// <summary>Reads a workflow that can run.</summary>
    /// <param name="document">The document.</param>
    /// <param name="id">Its id.</param>
    /// <param name="tenant">Whose agents, tools and workflows it may name.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <returns>The document by itself.</returns>
    /// <exception cref="RequestRefusedException">Something is wrong with it (400 with every fault).</exception>
    public async Task<StoredWorkflow> ReadAsync(JsonElement document, string id, string tenant, CancellationToken cancellationToken)
    {
        List<WorkflowFault> faults = [];
        WorkflowDefinition? workflow = WorkflowSchema.Read(document, faults);
        if (workflow is not null)
            faults.AddRange(WorkflowCheck.Check(workflow));
        StoredWorkflow read = new(id, 0, document.Clone(), time.GetUtcNow(), time.GetUtcNow());
        if (faults.Count == 0)
            await resolver.ResolveAsync(read, tenant, faults, cancellationToken);
        ThrowIfAny(faults, "");
        return read;
    }

    /// <summary>The id that the document gives, or a new one.</summary>
    /// <exception cref="RequestRefusedException">It means something else (400).</exception>
    public string IdOf(JsonElement document)
    {
        if (document.TryGetProperty("id", out JsonElement given) && given.ValueKind == JsonValueKind.String && given.GetString() is { } id)
            return Reserved.Contains(id) ? throw new RequestRefusedException(ApiErrors.Invalid("id", $"is '{id}', which is taken by the server; taken are {string.Join(", ", Reserved)}")) : id;
        return $"workflow_{RunId.New(time)["run_".Length..].ToLowerInvariant()}";
    }

    /// <summary>What a run of a workflow is to do, complete.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="inputs">The inputs given; null for none.</param>
    /// <param name="tenant">Whose run it is.</param>
    /// <param name="faults">Takes what is wrong with the inputs.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="RequestRefusedException">The workflow names what is no longer there (409).</exception>
    public async Task<WorkflowTask> TaskAsync(StoredWorkflow workflow, JsonElement? inputs, string tenant, Faults faults, CancellationToken cancellationToken)
    {
        List<WorkflowFault> missing = [];
        WorkflowPlan plan = await resolver.ResolveAsync(workflow, tenant, missing, cancellationToken);
        if (missing.Count > 0)
            throw new RequestRefusedException(ApiErrors.Conflict($"The workflow cannot run now: {missing[0].Path} {missing[0].Message}.") with { Details = new { fields = missing } });
        List<WorkflowFault> wrong = [];
        JsonElement complete = WorkflowCheck.ReadInputs(workflow.Definition, inputs, wrong);
        foreach (WorkflowFault fault in wrong)
            faults.Add($"inputs.{fault.Path}", fault.Message);
        return new() { WorkflowId = workflow.WorkflowId, Version = workflow.Version, Inputs = complete, Plan = plan };
    }

    private static void ThrowIfAny(IEnumerable<WorkflowFault> found, string prefix)
    {
        Faults faults = new(prefix);
        foreach (WorkflowFault fault in found)
            faults.Add(fault.Path, fault.Message);
        faults.ThrowIfAny();
    }
}
