using System.Globalization;

namespace HybridAgents.Benchmarks.Runs;

/// <summary>What a turn of a long run allocates, and what the process holds meanwhile.</summary>
internal static class TurnMemoryBenchmark
{
    private const int ToolCalls = 99;
    private const int TextOfATurn = 8_000;

    /// <summary>How many turns are averaged.</summary>
    private const int Around = 5;

    private static readonly int[] Shown = [10, 50, 100];

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<(long Allocated, long Held)> turns = [];
        await using RunBench bench = await RunBench.StartAsync(setup, new InstantModel(ToolCalls, TextOfATurn, () => turns.Add((GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalMemory(forceFullCollection: true)))));
        await bench.RunAsync(maxTurns: 100); // Just-in-time compilation, and what is kept for reuse.
        turns.Clear();
        await bench.RunAsync(maxTurns: 100);
        return new(
            "Memory of a turn in a run of 100", ["turn", "conversation characters before it", "KiB allocated a turn", "MiB held"],
            [.. Shown.Select(turn => new[]
            {
                turn.ToString(CultureInfo.InvariantCulture),
                ((turn - 1) * TextOfATurn).ToString("N0", CultureInfo.InvariantCulture),
                ((turns[turn - 1].Allocated - turns[turn - 1 - Around].Allocated) / Around / 1024).ToString("N0", CultureInfo.InvariantCulture),
                (turns[turn - 1].Held / 1048576.0).ToString("F1", CultureInfo.InvariantCulture),
            })],
            $"Mean of the {Around} turns up to it; held after a full collection in the model call, with the conversation in the request. Orchestration and events cost the same in every turn, and only what is new of the "
            + "conversation is read. What grows is what is held: the request is the whole conversation.");
    }
}
