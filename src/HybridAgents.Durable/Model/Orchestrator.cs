namespace HybridAgents.Durable;

/// <summary>A workflow as replayable code.</summary>
/// <remarks>
/// Decides from its input and the results of context calls only: no clock, random number, GUID, environment or I/O but through the context, and every
/// await is of a context call (or of <see cref="Task.WhenAll(Task[])"/> and <see cref="Task.WhenAny(Task[])"/> over such).
/// </remarks>
public abstract class Orchestrator<TInput, TOutput> : IOrchestrator
{
    /// <summary>Runs from the beginning at each replay; its result or exception completes the instance.</summary>
    public abstract Task<TOutput> RunAsync(OrchestrationContext context, TInput input);

    async Task<Payload> IOrchestrator.RunAsync(OrchestrationContext context) =>
        Payload.From(await RunAsync(context, context.GetInput<TInput>()!));
}

/// <summary>An orchestrator without its types, as engines see it.</summary>
public interface IOrchestrator
{
    /// <summary>Runs the orchestrator on the context's input.</summary>
    Task<Payload> RunAsync(OrchestrationContext context);
}
