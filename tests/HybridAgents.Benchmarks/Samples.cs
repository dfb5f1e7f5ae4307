using System.Globalization;

namespace HybridAgents.Benchmarks;

/// <summary>Figures of several repetitions.</summary>
internal static class Samples
{
    /// <summary>Median, with the lowest and highest in brackets.</summary>
    public static string Spread(IEnumerable<double> values, string format = "N0")
    {
        double[] sorted = [.. values.Order()];
        string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return sorted.Length == 1 ? Show(sorted[0]) : $"{Show(sorted[sorted.Length / 2])} ({Show(sorted[0])}–{Show(sorted[^1])})";
    }

    /// <summary>The value below which the share <paramref name="share"/> (0 to 1) of the samples lies.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double share) =>
        values.Count == 0 ? double.NaN : values.Order().ElementAt((int)Math.Min(values.Count - 1, share * values.Count));
}
