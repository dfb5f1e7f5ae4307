using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridAgents.System.Tests.Cancelling;

/// <summary>How long cancels took at one provider.</summary>
internal sealed record CancelFigures(string Provider, List<double> Milliseconds)
{
    public double Percentile(double share) => Milliseconds.Order().ElementAt((int)Math.Ceiling(share * Milliseconds.Count) - 1);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Provider}: {Milliseconds.Count} cancels, request sent to socket closed p50 {Percentile(0.5):0.0} ms, p99 {Percentile(0.99):0.0} ms, most {Milliseconds.Max():0.0} ms");
}

/// <summary>Writes the committed report.</summary>
internal static class CancelReport
{
    public static Task WriteAsync(string file, IEnumerable<CancelFigures> figures)
    {
        StringBuilder text = new();
        text.AppendLine("# Cancel").AppendLine();
        text.AppendLine("How long after a client has sent `POST /api/v1/agents/cancel/{run_id}` the provider sees its socket closed. The host is a process of its own with fsync on; the provider is a real server on")
            .AppendLine("loopback in the middle of a streamed answer; cancels come one after the other. Both clocks are the machine's one, so the figure includes the client's request and the server's noticing.").AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        text.AppendLine("| Command | `HYBRIDAGENTS_CANCEL_REPORT=$PWD/docs/benchmarks/cancel.md dotnet test -c Release tests/HybridAgents.System.Tests --filter CancelTests` |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Machine | {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Load | {Load()}; what else runs on the machine shows in the upper percentiles |");
        text.AppendLine("| Target | p99 at most 50 ms |").AppendLine();
        text.AppendLine("| Provider | Cancels | p50 ms | p99 ms | most ms |").AppendLine("|---|---|---|---|---|");
        foreach (CancelFigures figure in figures)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {figure.Provider} | {figure.Milliseconds.Count} | {figure.Percentile(0.5):0.0} | {figure.Percentile(0.99):0.0} | {figure.Milliseconds.Max():0.0} |");
        return File.WriteAllTextAsync(file, text.ToString());
    }

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
