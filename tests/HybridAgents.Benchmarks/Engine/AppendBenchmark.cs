using System.Diagnostics;
using System.Globalization;
using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>Durable inserts of 200-byte rows: what group commit makes of many writers.</summary>
internal static class AppendBenchmark
{
    private const int Repetitions = 3;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach (int writers in (int[])[1, 10, 100, 1000])
        {
            List<double> rates = [];
            for (int repetition = 0; repetition < Repetitions; repetition++)
                rates.Add(await MeasureAsync(setup, writers));
            rows.Add([writers.ToString(CultureInfo.InvariantCulture), Samples.Spread(rates), Samples.Spread(rates.Select(rate => writers / rate * 1000), "F2")]);
        }

        return new(
            "Durable row inserts", ["writers", "rows/s", "ms an insert"], rows,
            "Each writer waits for its own row to be on disk. All that arrives during one fsync shares the next, so the rate grows with the writers while the latency hardly does.");
    }

    private static async Task<double> MeasureAsync(BenchmarkSetup setup, int writers)
    {
        string data = setup.NewFolder();
        await using EmbeddedEngine engine = await setup.StartAsync(new(), data);
        ITable table = engine.Tables.GetTable("rows");
        string value = new('x', 200);
        long count = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (int index = 0; Stopwatch.GetElapsedTime(start) < Duration; index++)
            {
                TableRow row = new TableRow($"p{writer}", index.ToString("D8", CultureInfo.InvariantCulture)).Set("value", value);
                (await table.SubmitAsync([TableOperation.Insert(row)])).EnsureSucceeded();
                Interlocked.Increment(ref count);
            }
        })));
        double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await engine.StopAsync();
        Directory.Delete(data, recursive: true);
        return rate;
    }
}
