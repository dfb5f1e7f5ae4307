using System.Diagnostics.Metrics;
using HybridAgents.Api.Metrics;

namespace HybridAgents.Api.Tests.SystemRoutes;

public sealed class MetricsTests
{
    [Fact]
    public void Render_CounterGaugeAndHistogram_AreInPrometheusText()
    {
        using MetricsCollector collector = new();
        using Meter meter = new("HybridAgents.Test");
        Counter<long> counter = meter.CreateCounter<long>("test.things", "{thing}", "Things\nseen.");
        Histogram<double> histogram = meter.CreateHistogram<double>("test.duration", "s");
        long level = 3;
        meter.CreateObservableGauge("test.level", () => level);
        counter.Add(2, new KeyValuePair<string, object?>("a.b", "x\"y\\z\n"));
        counter.Add(3, new KeyValuePair<string, object?>("a.b", "x\"y\\z\n"));
        histogram.Record(0.02);
        histogram.Record(1_000);
        collector.Render();
        level = 4;
        string text = collector.Render();

        text.ShouldContain("# HELP test_things_total Things\\nseen.\n# TYPE test_things_total counter\ntest_things_total{a_b=\"x\\\"y\\\\z\\n\"} 5\n");
        text.ShouldContain("# TYPE test_level gauge\ntest_level 4\n");
        text.ShouldContain("test_duration_seconds_bucket{le=\"0.01\"} 0\ntest_duration_seconds_bucket{le=\"0.025\"} 1\n");
        text.ShouldContain("test_duration_seconds_bucket{le=\"300\"} 1\ntest_duration_seconds_bucket{le=\"+Inf\"} 2\ntest_duration_seconds_sum 1000.02\ntest_duration_seconds_count 2\n");
    }

    [Fact]
    public void Render_MoreSeriesThanAllowed_KeepsTheFirst()
    {
        using MetricsCollector collector = new();
        using Meter meter = new("HybridAgents.Flood");
        Counter<int> counter = meter.CreateCounter<int>("flood");
        for (int label = 0; label < 3_000; label++)
            counter.Add(1, new KeyValuePair<string, object?>("label", label));

        collector.Render().Split('\n').Count(static line => line.StartsWith("flood_total{", StringComparison.Ordinal)).ShouldBe(1_000);
    }

    [Fact]
    public void Render_ForeignMeters_AreLeftOut()
    {
        using MetricsCollector collector = new();
        using Meter meter = new("Somebody.Else");
        meter.CreateCounter<int>("foreign").Add(1);

        collector.Render().ShouldNotContain("foreign");
    }
}
