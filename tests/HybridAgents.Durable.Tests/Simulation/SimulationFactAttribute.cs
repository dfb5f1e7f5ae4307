namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>A test of the simulation: part of the run only when it is asked for.</summary>
public sealed class SimulationFactAttribute : FactAttribute
{
    public SimulationFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("HYBRID_SIMULATION_SEED") is null && Environment.GetEnvironmentVariable("HYBRID_SIMULATION_RUNS") is null)
            Skip = "Set HYBRID_SIMULATION_RUNS=n (seeds 1 to n) or HYBRID_SIMULATION_SEED=n to run it.";
    }
}
