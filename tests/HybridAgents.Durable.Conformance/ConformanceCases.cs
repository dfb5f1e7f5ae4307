using System.Runtime.CompilerServices;

namespace HybridAgents.Durable.Conformance;

/// <summary>Cases that every engine behind the model must pass. Each states one semantic in its name.</summary>
public abstract class ConformanceCases(IEngineMode mode)
{
    /// <summary>Runs a case as the mode says: once, or once for each point at which the engine can crash.</summary>
    protected Task CheckAsync(Func<Scenario, Task> scenario, [CallerMemberName] string name = "") => mode.RunAsync(name, engine => scenario(new(engine)));

    /// <summary>The same for a case that takes its own steps between registration and end.</summary>
    protected Task CheckAsync(Action<DurableRegistry> register, Func<Scenario, Task> scenario, [CallerMemberName] string name = "") => CheckAsync(
        async run =>
        {
            await run.StartEngineAsync(register);
            await scenario(run);
        },
        name);
}
