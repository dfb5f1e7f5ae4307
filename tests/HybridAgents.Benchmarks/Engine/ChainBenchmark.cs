using System.Collections.Concurrent;
using System.Diagnostics;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>Chains of five activities, each adding 1, started and awaited in a closed loop.</summary>
internal static class ChainBenchmark
{
    private const int Repetitions = 5;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static DurableRegistry Registry() => new DurableRegistry().AddOrchestrator<Chain>("chain").AddActivity<Add>("add");

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach (int concurrency in (int[])[1, 200, 2000])
        {
            string data = setup.NewFolder();
            await using EmbeddedEngine engine = await setup.StartAsync(Registry(), data);
            await MeasureAsync(engine, concurrency, TimeSpan.FromSeconds(2)); // warm-up: just-in-time compilation
            List<Result> results = [];
            for (int repetition = 0; repetition < Repetitions; repetition++)
                results.Add(await MeasureAsync(engine, concurrency, Duration));
            rows.Add(
            [
                concurrency.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
                Samples.Spread(results.Select(result => result.PerSecond)),
                Samples.Spread(results.Select(result => result.P50), "F2"),
                Samples.Spread(results.Select(result => result.P99), "F2"),
                Samples.Spread(results.Select(result => result.CpuMicroseconds)),
                Samples.Spread(results.Select(result => result.Bytes)),
            ]);
            await engine.StopAsync();
            Directory.Delete(data, recursive: true);
        }

        return new(
            "Chains of five steps", ["concurrency", "chains/s", "p50 ms", "p99 ms", "CPU µs a chain", "bytes allocated a chain"], rows,
            "A chain is started through `IDurableClient` and awaited to its durable end: six turns, each on disk before its decision is carried out. At concurrency 1 the six waits for the disk dominate; "
            + "above, the processor does: JSON, tasks and dispatch, since hundreds of turns share one fsync.");
    }

    private static async Task<Result> MeasureAsync(EmbeddedEngine engine, int concurrency, TimeSpan duration)
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
                string id = await engine.Client.ScheduleNewAsync("chain", 0);
                OrchestrationState? end = await engine.Client.WaitForCompletionAsync(id);
                if (end is not { Status: OrchestrationStatus.Completed })
                    throw new InvalidOperationException($"Chain {id} ended as {end?.Status}.");
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int count = latencies.Count;
        return new(
            count / seconds,
            Samples.Percentile(latencies, 0.5),
            Samples.Percentile(latencies, 0.99),
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / count,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / count);
    }

    private sealed record Result(double PerSecond, double P50, double P99, double CpuMicroseconds, double Bytes);

    private sealed class Chain : Orchestrator<int, int>
    {
        public override async Task<int> RunAsync(OrchestrationContext context, int input)
        {
            for (int step = 0; step < 5; step++)
                input = await context.CallActivityAsync<int>("add", input);
            return input;
        }
    }

    private sealed class Add : Activity<int, int>
    {
        public override Task<int> RunAsync(HybridAgents.Durable.ActivityContext context, int input) => Task.FromResult(input + 1);
    }
}
