using HybridAgents.Api.Health;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Local.Data;

/// <summary>The engine does well while it takes new work.</summary>
internal sealed class EngineProbe(EmbeddedEngine engine) : IHealthProbe
{
    public Task<DependencyHealth> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(engine.RefusalReason is { } reason
        ? new DependencyHealth("engine", HealthState.Degraded, $"New runs are refused: {reason}")
        : new("engine", HealthState.Ok, null));
}
