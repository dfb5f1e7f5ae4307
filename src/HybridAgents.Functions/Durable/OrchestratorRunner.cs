using HybridAgents.Durable;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using TaskFailureDetails = HybridAgents.Durable.TaskFailureDetails;

namespace HybridAgents.Functions.Durable;

/// <summary>What every orchestrator function delegates to.</summary>
internal sealed class OrchestratorRunner(DurableRegistry registry, ILoggerFactory loggers)
{
    /// <summary>An event that makes a parked instance look again for its version.</summary>
    public const string WakeEvent = "$wake";

    /// <summary>The custom status of an instance whose version is not registered.</summary>
    public static Payload ParkedStatus { get; } = Payload.From(new { parked = "version_unavailable" });

    private static readonly TimeSpan ParkedCheck = TimeSpan.FromMinutes(1);

    /// <summary>Runs one generation.</summary>
    /// <param name="inner">The framework's context.</param>
    /// <param name="name">The orchestrator's registered name.</param>
    /// <param name="version">The version in the function's name; the input may name another.</param>
    /// <exception cref="RecordedFailureException">The orchestration has failed.</exception>
    public async Task<Payload> RunAsync(TaskOrchestrationContext inner, string name, string version)
    {
        OrchestrationEnvelope envelope = inner.GetInput<Payload>().As<OrchestrationEnvelope>()
            ?? throw new InvalidOperationException($"Function '{inner.Name}' was started without an envelope; start it through the API.");
        version = envelope.Version ?? version;
        if (envelope.Parked || registry.CreateOrchestrator(name, version) is not { } orchestrator)
            return await ParkAsync(inner, envelope, name, version);

        DurableTaskOrchestrationContext context = new(inner, version, envelope, loggers);
        Payload output = await RunAsync(orchestrator, context, name);
        await context.ChildrenStartedAsync();
        if (context.Next is null)
            return output;
        inner.ContinueAsNew(Payload.From(context.Handover()), preserveUnprocessedEvents: true);
        return default;
    }

    private static async Task<Payload> RunAsync(IOrchestrator orchestrator, DurableTaskOrchestrationContext context, string name)
    {
        try
        {
            Payload output = await orchestrator.RunAsync(context);
            if (context.Next is not null && context.Outstanding is { } what)
                throw new InvalidOperationException($"ContinueAsNew was called while {what} was outstanding.");
            return output.Length <= OrchestrationContext.MaxPayloadBytes
                ? output
                : throw new PayloadTooLargeException($"The result of orchestrator '{name}'", output.Length, OrchestrationContext.MaxPayloadBytes);
        }
#pragma warning disable CA1031 // Whatever an orchestrator throws is its failure, and is recorded as such.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new RecordedFailureException(TaskFailureDetails.From(error));
        }
    }

    /// <summary>
    /// Waits for the version to be registered. At the beginning of a generation, each look is a generation of its own, so that none is ever replayed on another answer;
    /// what waits in the inbox is kept. Later, the generation's past must not be lost: it decides nothing, and the next turn replays it on what is registered then.
    /// </summary>
    private async Task<Payload> ParkAsync(TaskOrchestrationContext inner, OrchestrationEnvelope envelope, string name, string version)
    {
        if (!envelope.Parked && inner.IsReplaying)
        {
            inner.SetCustomStatus(ParkedStatus);
            while (true)
                await inner.WaitForExternalEvent<Payload>(WakeEvent);
        }

        if (envelope.Parked)
            await inner.CreateTimer(inner.CurrentUtcDateTime + ParkedCheck, CancellationToken.None);
        bool missing = !registry.Orchestrators.Contains((name, version));
        inner.SetCustomStatus(missing ? ParkedStatus : null);
        inner.ContinueAsNew(Payload.From(envelope with { Parked = missing }), preserveUnprocessedEvents: true);
        return default;
    }
}
