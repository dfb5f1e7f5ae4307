using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace HybridAgents.Api.Metrics;

/// <summary>What a family's values mean.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>An instrument under its Prometheus name, with its series.</summary>
internal sealed class MetricFamily
{
    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
    private static readonly double[] Counts = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly double[] _bounds;
    private readonly int _maxSeries;
    private readonly bool _isTotal;

    public MetricFamily(Instrument instrument, int maxSeries)
    {
        string kind = instrument.GetType().Name;
        Kind = kind.StartsWith("Histogram", StringComparison.Ordinal) ? MetricKind.Histogram
            : kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricKind.Counter
            : MetricKind.Gauge;
        _isTotal = instrument.IsObservable;
        _maxSeries = maxSeries;
        _bounds = Kind != MetricKind.Histogram ? [] : instrument.Unit == "s" ? Seconds : Counts;
        Name = NameOf(instrument, Kind);
        Help = instrument.Description ?? "";
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    public IEnumerable<Series> Series => _series.Values.OrderBy(static series => series.Labels, StringComparer.Ordinal);

    public IReadOnlyList<double> Bounds => _bounds;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        if (!_series.TryGetValue(labels, out Series? series))
        {
            if (_series.Count >= _maxSeries)
                return;
            series = _series.GetOrAdd(labels, key => new(key, _bounds));
        }

        if (_isTotal)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>Dots become underscores, the unit and what is counted follow, as OpenTelemetry has it.</summary>
    private static string NameOf(Instrument instrument, MetricKind kind)
    {
        StringBuilder name = new(instrument.Name.Length + 16);
        foreach (char letter in instrument.Name)
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        name.Append(instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" });
        return name.Append(kind == MetricKind.Counter ? "_total" : "").ToString();
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        StringBuilder labels = new(64);
        foreach ((string name, object? value) in tags)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(name.Replace('.', '_')).Append("=\"");
            labels.Append((Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return labels.ToString();
    }
}
