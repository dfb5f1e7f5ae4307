using System.Globalization;
using HybridAgents.Durable;

namespace HybridAgents.Benchmarks.Runs;

/// <summary>What the orchestration history of a long run over a long conversation takes.</summary>
internal static class HistoryBenchmark
{
    private const int ToolCalls = 99;

    /// <summary>About 2,000 tokens of text in each turn: 200,000 over the run.</summary>
    private const int TextOfATurn = 8_000;

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        await using RunBench bench = await RunBench.StartAsync(setup, new InstantModel(ToolCalls, TextOfATurn));
        string id = await bench.RunAsync(maxTurns: 100);
        IReadOnlyList<HistoryEntry> last = await bench.Get<IDurableClient>().GetHistoryAsync(id);
        OrchestrationState state = (await bench.Get<IDurableClient>().GetAsync(id, fetchPayloads: true))!;
        return new(
            "History of a run of 100 turns", ["model calls", "tool calls", "conversation characters", "entries in the last generation", "bytes of its input"],
            [[
                (ToolCalls + 1).ToString(CultureInfo.InvariantCulture), ToolCalls.ToString(CultureInfo.InvariantCulture),
                ((ToolCalls + 1) * TextOfATurn).ToString("N0", CultureInfo.InvariantCulture),
                last.Count.ToString(CultureInfo.InvariantCulture), (state.Input?.Length ?? 0).ToString(CultureInfo.InvariantCulture),
            ]],
            "The orchestration's history holds references only, and a new generation begins every eight turns, so neither grows with the conversation.");
    }
}
