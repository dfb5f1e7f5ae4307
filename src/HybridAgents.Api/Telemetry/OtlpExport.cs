using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HybridAgents.Api.Telemetry;

/// <summary>Sends the product's traces and metrics by OTLP while the host runs; what is left goes out when it stops.</summary>
/// <param name="configuration">Has the standard settings <c>OTEL_…</c>, which the exporter reads itself.</param>
internal sealed class OtlpExport(IConfiguration configuration) : IHostedService, IDisposable
{
    private const string Sources = "HybridAgents.*";
    private const int FlushMilliseconds = 5000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureServices(Configure).ConfigureResource(Name).AddSource(Sources).AddOtlpExporter().Build();
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureServices(Configure).ConfigureResource(Name)
            .AddMeter(Sources, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    /// <summary>Flushes for 5 s at most: a collector that is away must not hold the host.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.Shutdown(FlushMilliseconds);
            _metrics?.Shutdown(FlushMilliseconds);
        },
        CancellationToken.None);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Name(ResourceBuilder resource)
    {
        resource.Clear().AddService("HybridAgents", autoGenerateServiceInstanceId: true).AddTelemetrySdk().AddEnvironmentVariableDetector();
    }

    private void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton(configuration));
}
