using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using HybridAgents.Api.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Export_EndpointInTheSettings_SendsTracesAndMetricsWhenTheHostStops()
    {
        ConcurrentDictionary<string, string> received = [];
        await using WebApplication collector = await CollectAsync(received);
        using ServiceProvider services = Services(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.First()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "my-agents"));
        IHostedService export = services.GetServices<IHostedService>().ShouldHaveSingleItem();
        using ActivitySource source = new("HybridAgents.TelemetryTests");
        using Meter meter = new("HybridAgents.TelemetryTests");
        using ActivitySource foreign = new("Elsewhere.TelemetryTests");

        await export.StartAsync(default);
        source.StartActivity("a span of ours")!.Dispose();
        foreign.StartActivity("a span of others").ShouldBeNull();
        meter.CreateCounter<long>("a.counter.of.ours").Add(1);
        await export.StopAsync(default);

        received["/v1/traces"].ShouldContain("a span of ours");
        received["/v1/traces"].ShouldContain("my-agents");
        received["/v1/metrics"].ShouldContain("a.counter.of.ours");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
    public void Export_NoEndpoint_IsOff(string key, string value)
    {
        using ServiceProvider services = Services((key, value));

        services.GetServices<IHostedService>().ShouldBeEmpty();
    }

    [Fact]
    public void Export_Disabled_IsOff()
    {
        using ServiceProvider services = Services(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), ("OTEL_SDK_DISABLED", "true"));

        services.GetServices<IHostedService>().ShouldBeEmpty();
    }

    [Fact]
    public void Export_EndpointIsNoAddress_NamesTheSetting() =>
        Should.Throw<OptionsValidationException>(() => Services(("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"))).Failures
            .ShouldBe(["OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'; allowed is an absolute http:// or https:// address."]);

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build();
        return new ServiceCollection().AddSingleton(configuration).AddHybridAgentsTelemetry(configuration).BuildServiceProvider();
    }

    private static async Task<WebApplication> CollectAsync(ConcurrentDictionary<string, string> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(async http =>
        {
            using StreamReader body = new(http.Request.Body, Encoding.Latin1);
            received[http.Request.Path] = await body.ReadToEndAsync();
        });
        await app.StartAsync();
        return app;
    }
}
