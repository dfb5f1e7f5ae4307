using System.Diagnostics;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Benchmarks.Hosts;

/// <summary>From the start of the process on an empty folder to the first accepted run.</summary>
internal static class ColdStartBenchmark
{
    private const int Repetitions = 9;

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<double> ready = [], accepted = [], idle = [];
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            using BenchedHost host = BenchedHost.Start(setup);
            using RunClient client = await host.ReadyAsync();
            ready.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            string id = await client.StartAsync(RunClient.Body("What is 17 * 23?"));
            accepted.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await client.WaitAsync(id, "completed");
            idle.Add(host.ResidentMemory());
        }

        return new(
            "Cold start of the local host", ["ms to ready", "ms to the first accepted run", "MiB resident after that run"],
            [[Samples.Spread(ready), Samples.Spread(accepted), Samples.Spread(idle)]],
            "`dotnet HybridAgents.Local.dll` on an empty folder, as built, without ahead-of-time compilation; the container image is compiled ahead of time. What dominates is just-in-time compilation and the "
            + "loading of types: of the start, and then of the first request.");
    }
}
