using System.Globalization;
using System.Text;

namespace HybridAgents.Api.Metrics;

/// <summary>Writes metrics in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        StringBuilder text = new(4096);
        foreach (MetricFamily family in families)
        {
            Series[] all = [.. family.Series];
            if (all.Length == 0)
                continue;
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(family.Help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" }).Append('\n');
            foreach (Series series in all)
            {
                if (family.Kind == MetricKind.Histogram)
                    WriteHistogram(text, family, series);
                else
                    WriteLine(text, family.Name, series.Labels, series.Read().Sum);
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, Series series)
    {
        (double sum, long count, long[] buckets) = series.Read();
        string before = series.Labels.Length > 0 ? series.Labels + "," : "";
        long below = 0;
        for (int index = 0; index < buckets.Length; index++)
            WriteLine(text, $"{family.Name}_bucket", $"{before}le=\"{Number(family.Bounds[index])}\"", below += buckets[index]);
        WriteLine(text, $"{family.Name}_bucket", $"{before}le=\"+Inf\"", count);
        WriteLine(text, $"{family.Name}_sum", series.Labels, sum);
        WriteLine(text, $"{family.Name}_count", series.Labels, count);
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
