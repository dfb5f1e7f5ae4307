using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Metrics;

/// <summary>Metrics for Prometheus. Open to everybody who reaches the host, so they are counts without content, keys or tenants.</summary>
public sealed class MetricsRoutes(MetricsCollector metrics) : IApiRoutes
{
    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("Metrics", "GET", "/metrics", ApiAccess.Anonymous, _ => Task.FromResult<IResult>(TypedResults.Text(metrics.Render(), PrometheusText.ContentType)))
        {
            Tag = "System", Summary = "Shows metrics in Prometheus' text format.", Answers = [new(200, typeof(string), "The metrics.", "text/plain")],
        },
    ];
}
