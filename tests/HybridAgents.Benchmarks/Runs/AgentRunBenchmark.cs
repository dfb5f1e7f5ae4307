using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace HybridAgents.Benchmarks.Runs;

/// <summary>Agent runs of three model calls and two tools.</summary>
internal static class AgentRunBenchmark
{
    private const int Repetitions = 5;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach (int concurrency in (int[])[1, 200])
        {
            await using RunBench bench = await RunBench.StartAsync(setup, new InstantModel(toolTurns: 2, answerLength: 80));
            await MeasureAsync(bench, concurrency, TimeSpan.FromSeconds(6)); // warm-up: just-in-time compilation
            List<(double PerSecond, double P50, double Cpu, double Bytes)> results = [];
            for (int repetition = 0; repetition < Repetitions; repetition++)
                results.Add(await MeasureAsync(bench, concurrency, Duration));
            rows.Add(
            [
                concurrency.ToString(CultureInfo.InvariantCulture),
                Samples.Spread(results.Select(result => result.PerSecond)),
                Samples.Spread(results.Select(result => result.P50), "F2"),
                Samples.Spread(results.Select(result => result.Cpu), "F2"),
                Samples.Spread(results.Select(result => result.Bytes / 1024)),
            ]);
        }

        return new(
            "Agent runs: three model calls, two tools", ["concurrency", "runs/s", "p50 ms", "CPU ms a run", "KiB allocated a run"], rows,
            "Started through the service under the HTTP API and followed by their events to the durable end; the model is in the process and takes no time. The events, the transcript, the steps and the "
            + "orchestration are all on disk when a run ends.");
    }

    private static async Task<(double PerSecond, double P50, double Cpu, double Bytes)> MeasureAsync(RunBench bench, int concurrency, TimeSpan duration)
    {
        ConcurrentBag<double> latencies = [];
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                long begun = Stopwatch.GetTimestamp();
                await bench.RunAsync();
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        })));
        int count = latencies.Count;
        return (
            count / Stopwatch.GetElapsedTime(start).TotalSeconds,
            Samples.Percentile(latencies, 0.5),
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / count,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / count);
    }
}
