using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HybridAgents.Benchmarks;

/// <summary>One benchmark's part of the report.</summary>
/// <param name="Title">What was measured.</param>
/// <param name="Header">Column heads.</param>
/// <param name="Rows">The figures.</param>
/// <param name="Remarks">How to read them.</param>
internal sealed record Section(string Title, string[] Header, IReadOnlyList<string[]> Rows, string Remarks);

/// <summary>What a report is about.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Settings">Under which settings the figures were taken.</param>
/// <param name="UsesDisk">Whether the disk's own figures belong beside them.</param>
/// <param name="Benchmark">The one benchmark that it has; null for those of the engine.</param>
internal sealed record ReportSubject(string Title, string Settings, bool UsesDisk, string? Benchmark = null)
{
    public static readonly ReportSubject Engine = new("Embedded engine", "fsync on, every default of `EmbeddedEngineOptions`", UsesDisk: true);

    public static readonly ReportSubject Routing = new("Routing", "every default of `RoutingOptions` and `PrivacyOptions`; one thread", UsesDisk: false, "routing");

    public static readonly ReportSubject Gateway = new("Gateway", "every default; without keys; client, gateway and model in one process", UsesDisk: true, "gateway");

    public static readonly ReportSubject Pipeline = new("Provider pipeline", "every default of `ProvidersOptions`; one call after the other", UsesDisk: false, "pipeline");

    /// <summary>The subject of a report on those benchmarks.</summary>
    public static ReportSubject Of(IReadOnlyList<string> benchmarks) =>
        benchmarks is [{ } only] ? ((ReportSubject[])[Routing, Pipeline, Gateway]).FirstOrDefault(subject => subject.Benchmark == only, Engine) : Engine;
}

/// <summary>Writes reports as Markdown, with what must be known of the machine.</summary>
internal static class Report
{
    public static string Write(ReportSubject subject, BenchmarkSetup setup, IReadOnlyList<Section> sections)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {subject.Title}").AppendLine();
        text.AppendLine("Read ratios rather than absolute figures: another machine and another disk give others. Each figure is the median of the repetitions, with the lowest and the highest in brackets.").AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Command | `dotnet run -c Release --project tests/HybridAgents.Benchmarks{(subject.Benchmark is { } name ? $" -- {name}" : "")}` |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Commit | {Commit()} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Processor | {Processor()}, {Environment.ProcessorCount} cores |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Memory | {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| System | {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version} |");
        if (subject.UsesDisk)
            text.AppendLine(CultureInfo.InvariantCulture, $"| Disk | fsync of 4 KiB appended to a preallocated file: {DiskYardstick.Measure(setup.Folder)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Settings | {subject.Settings} |").AppendLine();
        foreach (Section section in sections)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {section.Title}").AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", section.Header)} |");
            text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", section.Header.Length))}");
            foreach (string[] row in section.Rows)
                text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
            text.AppendLine().AppendLine(section.Remarks).AppendLine();
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown"
        : "unknown";

    private static string Commit()
    {
        using Process? git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true, UseShellExecute = false });
        return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
    }
}
