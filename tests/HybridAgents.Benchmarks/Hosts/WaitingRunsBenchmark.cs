using System.Globalization;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Benchmarks.Hosts;

/// <summary>What the process holds while many agent runs wait for a person.</summary>
internal static class WaitingRunsBenchmark
{
    private const int Count = 10_000;
    private const int Connections = 64;

    private static readonly string Body = RunClient.Body("What is 17 * 23?", ""","agent_config":{"tools":["calculator"]},"approval":{"tools":["calculator"]}""");

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        using BenchedHost host = BenchedHost.Start(setup);
        using RunClient client = await host.ReadyAsync(Connections);
        int idle = host.ResidentMemory();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (_, _) =>
        {
            string status = $"/api/v1/agents/status/{await client.StartAsync(Body)}";
            while ((await client.GetAsync(status)).GetProperty("status").GetString() != "requires_action")
                await Task.Delay(20);
        });
        int waiting = host.ResidentMemory();
        return new(
            $"{Count:N0} waiting agent runs", ["MiB resident idle", "MiB resident with the runs", "KiB a run"],
            [[
                idle.ToString(CultureInfo.InvariantCulture), waiting.ToString(CultureInfo.InvariantCulture),
                ((waiting - idle) * 1024.0 / Count).ToString("F1", CultureInfo.InvariantCulture),
            ]],
            "Runs that were started over HTTP and each wait for the approval of a tool call, in a process of its own. The difference includes what the collector had not given back, and the cache of row values (32 MiB).");
    }
}
