using HybridAgents.Durable;

namespace HybridAgents.Functions.Durable;

/// <summary>A child that is about to be started.</summary>
/// <param name="ParentId">The caller.</param>
/// <param name="ChildId">The child's id.</param>
/// <param name="Call">Tells this call from others with the same id, in this generation or another.</param>
/// <param name="Name">The orchestrator.</param>
/// <param name="Version">Its version; null for the newest.</param>
/// <param name="Input">The input.</param>
/// <param name="TraceParent">W3C trace context.</param>
internal sealed record ChildLink(string ParentId, string ChildId, string Call, string Name, string? Version, Payload Input, string? TraceParent);

/// <summary>The outcome of noting a child.</summary>
/// <param name="Version">The version to start.</param>
/// <param name="Cancel">The parent's cancel request, if there is one by now.</param>
/// <param name="Refusal">Why the child cannot be started; null if it can.</param>
internal sealed record LinkedChild(string Version, CancelRequest? Cancel = null, string? Refusal = null);

/// <summary>
/// Notes a child under its parent before it starts, so that cancel, suspend, terminate and purge find it. The parent's cancel is read after that: whoever cancels
/// either finds the child, or is found here.
/// </summary>
internal sealed class LinkChild(InstanceTable instances, DurableRegistry registry) : Activity<ChildLink, LinkedChild>
{
    public const string Name = "LinkChild";

    public override async Task<LinkedChild> RunAsync(ActivityContext context, ChildLink input)
    {
        if (InstanceId.WhyNot(input.ChildId) is { } fault)
            return new("", Refusal: fault);
        string? version = input.Version ?? registry.NewestVersion(input.Name);
        if (version is null || !registry.Orchestrators.Contains((input.Name, version)))
            return new("", Refusal: $"No orchestrator '{input.Name}' of version '{version ?? "any"}' is registered.");
        InstanceStart start = new(input.Name, version, input.Input, input.TraceParent, input.ParentId, input.Call);
        if (!await instances.TryStartAsync(input.ChildId, start, CancellationToken.None))
        {
            InstanceStart? other = await instances.GetStartAsync(input.ChildId, CancellationToken.None);
            if ((other?.ParentId, other?.Call) != (input.ParentId, input.Call))
                return new("", Refusal: $"An instance with the id '{input.ChildId}' already exists.");
            version = other!.Version;
        }

        await instances.AddChildAsync(input.ParentId, input.ChildId, CancellationToken.None);
        return new(version, await instances.GetCancelAsync(input.ParentId, CancellationToken.None));
    }
}
