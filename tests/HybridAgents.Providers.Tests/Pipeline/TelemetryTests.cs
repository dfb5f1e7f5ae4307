using System.Diagnostics;
using System.Diagnostics.Metrics;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Pipeline;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Pipeline;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Call_Answered_LeavesASpanAndMetricsWithoutContent()
    {
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        server.Models.Add(new("telemetry:latest"));
        await using ProviderHarness harness = new([("Providers:Ollama:Endpoint", server.Endpoint.ToString())]);
        List<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == GenAiTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => AddOurs(spans, span, span.GetTagItem("gen_ai.request.model")),
        };
        ActivitySource.AddActivityListener(listener);
        List<string> measured = [];
        using MeterListener meters = new() { InstrumentPublished = (instrument, meter) => Enable(instrument, meter) };
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => AddOurs(measured, instrument.Name, Model(tags)));
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => AddOurs(measured, instrument.Name, Model(tags)));
        meters.Start();

        server.Enqueue(WireReply.Says("the answer").WithUsage(5, 2));
        await harness.AskAsync(ProviderHarness.Request(new("ollama", "telemetry:latest"), Message.User("the question")), Locality.Local);

        Activity span = spans.ShouldHaveSingleItem();
        span.DisplayName.ShouldBe("chat telemetry:latest");
        span.GetTagItem("gen_ai.usage.input_tokens").ShouldBe(5L);
        span.GetTagItem("gen_ai.usage.output_tokens").ShouldBe(2L);
        string.Join(' ', span.TagObjects).ShouldNotContain("the ");
        measured.ShouldBe(
            ["gen_ai.client.operation.time_to_first_chunk", "gen_ai.client.token.usage", "gen_ai.client.token.usage", "gen_ai.client.operation.duration"]);
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == GenAiTelemetry.SourceName)
            listener.EnableMeasurementEvents(instrument);
    }

    /// <summary>Other tests call models at the same time.</summary>
    private static void AddOurs<T>(List<T> list, T item, object? model)
    {
        if (model is "telemetry:latest")
            list.Add(item);
    }

    private static object? Model(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string key, object? value) in tags)
        {
            if (key == "gen_ai.request.model")
                return value;
        }

        return null;
    }
}
