using System.Globalization;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>What a waiting instance takes, with its code in memory and without.</summary>
internal static class MemoryBenchmark
{
    private const int Count = 10_000;

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach ((string name, int hot) in ((string, int)[])[("code in memory", Count * 2), ("replayed on demand", 0)])
        {
            string data = setup.NewFolder();
            DurableRegistry registry = new DurableRegistry().AddOrchestrator<Waiting>("waiting");
            await using EmbeddedEngine engine = await setup.StartAsync(registry, data, options => options.MaxHotInstances = hot);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => engine.Client.ScheduleNewAsync("waiting", 0)));
            long after = GC.GetTotalMemory(forceFullCollection: true);
            rows.Add([
                name, ((after - before) / Count).ToString("N0", CultureInfo.InvariantCulture), (after >> 20).ToString(CultureInfo.InvariantCulture),
            ]);
            await engine.StopAsync();
            Directory.Delete(data, recursive: true);
        }

        return new(
            $"{Count:N0} waiting instances", ["", "bytes an instance", "heap MiB"], rows,
            "Each waits for an event and a timer a day ahead; live bytes after a full collection, those of the benchmark included.");
    }

    private sealed class Waiting : Orchestrator<int, int>
    {
        public override async Task<int> RunAsync(OrchestrationContext context, int input) => await context.WaitForExternalEvent<int>("go", TimeSpan.FromDays(1));
    }
}
