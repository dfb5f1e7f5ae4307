using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Health;

/// <summary>Whether the host lives, and how its dependencies do. Open to everybody, so it names states and no addresses.</summary>
public sealed class HealthRoutes(IEnumerable<IHealthProbe> probes) : IApiRoutes
{
    private static readonly HealthStatus Alive = new("ok");

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("Health", "GET", "/api/health", ApiAccess.Anonymous, static _ => Task.FromResult(ApiResults.Json(Alive)))
        {
            Tag = "System", Summary = "Says that the host lives.", Answers = [new(200, typeof(HealthStatus), "It lives.")],
        },
        new("SystemHealth", "GET", "/api/v1/system/health", ApiAccess.Anonymous, SystemAsync)
        {
            Tag = "System", Summary = "Says how each dependency does.",
            Answers = [new(200, typeof(SystemHealth), "`ok`, or `degraded`: some requests fail."), new(503, typeof(SystemHealth), "`down`: runs cannot be served.")],
        },
    ];

    private async Task<IResult> SystemAsync(HttpContext http)
    {
        DependencyHealth[] found = await Task.WhenAll(probes.Select(probe => probe.CheckAsync(http.RequestAborted)));
        HealthState worst = found.Max(static dependency => dependency.Status);
        return ApiResults.Json(
            new SystemHealth(worst, found), worst == HealthState.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}

/// <summary>The host lives.</summary>
public sealed record HealthStatus(string Status);

/// <summary>How the host does.</summary>
/// <param name="Status">The worst of its dependencies.</param>
/// <param name="Dependencies">One by one.</param>
public sealed record SystemHealth(HealthState Status, IReadOnlyList<DependencyHealth> Dependencies);

/// <summary>How a dependency does.</summary>
/// <param name="Name">Which.</param>
/// <param name="Status">How.</param>
/// <param name="Message">Why it is not ok, or what there is.</param>
public sealed record DependencyHealth(string Name, HealthState Status, string? Message);

/// <summary>How something does; later is worse.</summary>
public enum HealthState
{
    Ok,

    /// <summary>Some requests fail.</summary>
    Degraded,

    /// <summary>Nothing works without it, and it does not work.</summary>
    Down,
}

/// <summary>Looks at one dependency; quick, and never throws for a fault of the dependency.</summary>
public interface IHealthProbe
{
    /// <summary>How it does now.</summary>
    Task<DependencyHealth> CheckAsync(CancellationToken cancellationToken);
}
