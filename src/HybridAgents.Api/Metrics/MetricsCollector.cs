using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace HybridAgents.Api.Metrics;

/// <summary>Listens to the meters of this product from its creation on, and adds up what they measure.</summary>
/// <remarks>Safe for concurrent use. An instrument has at most <see cref="MaxSeries"/> series; what comes after is not kept.</remarks>
public sealed class MetricsCollector : IDisposable
{
    private const int MaxSeries = 1_000;
    private const string Prefix = "HybridAgents.";
    private const string Runtime = "System.Runtime";

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();

    /// <summary>Begins to listen.</summary>
    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal) || instrument.Meter.Name == Runtime)
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static instrument => new(instrument, MaxSeries)));
        };
        _listener.MeasurementsCompleted = (instrument, state) => _families.TryRemove(instrument, out _);
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.Start();
    }

    /// <summary>Reads the gauges and writes everything in Prometheus' text format.</summary>
    public string Render()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
            // Several engines in one process have instruments of the same name: one of them is shown.
            return PrometheusText.Write(_families.Values.OrderBy(static family => family.Name, StringComparer.Ordinal).DistinctBy(static family => family.Name));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((MetricFamily)state!).Record(value, tags);
}
