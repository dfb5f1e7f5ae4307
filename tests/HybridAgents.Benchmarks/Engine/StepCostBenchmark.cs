using System.Diagnostics;
using System.Globalization;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>Whether step 1,000 costs more than step 1.</summary>
internal static class StepCostBenchmark
{
    private const int Steps = 1000;
    private const int Instances = 20;

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        string data = setup.NewFolder();
        double[] ended = new double[Steps];
        DurableRegistry registry = new DurableRegistry().AddOrchestrator<LongChain>("long").AddActivity("step", _ => new Step(ended));
        await using EmbeddedEngine engine = await setup.StartAsync(registry, data);
        await RunOneAsync(engine);
        Array.Clear(ended);
        for (int instance = 0; instance < Instances; instance++)
            await RunOneAsync(engine);
        await engine.StopAsync();
        Directory.Delete(data, recursive: true);

        List<string[]> rows = [];
        foreach ((int from, int to) in ((int, int)[])[(1, 100), (100, 300), (300, 600), (600, 999)])
        {
            double microseconds = (ended[to] - ended[from]) / Instances / (to - from) * 1000;
            rows.Add([$"{from}–{to}", microseconds.ToString("N0", CultureInfo.InvariantCulture)]);
        }

        return new("Cost of a step in a long instance", ["steps", "µs a step"], rows, $"Mean over {Instances} instances, one after the other, of {Steps} activities each. The cost is one wait for the disk and does not grow.");
    }

    private static async Task RunOneAsync(EmbeddedEngine engine)
    {
        string id = await engine.Client.ScheduleNewAsync("long", Stopwatch.GetTimestamp());
        await engine.Client.WaitForCompletionAsync(id);
    }

    private sealed class LongChain : Orchestrator<long, int>
    {
        public override async Task<int> RunAsync(OrchestrationContext context, long input)
        {
            for (int step = 0; step < Steps; step++)
                await context.CallActivityAsync("step", new long[] { step, input });
            return Steps;
        }
    }

    private sealed class Step(double[] ended) : Activity<long[], int>
    {
        public override Task<int> RunAsync(HybridAgents.Durable.ActivityContext context, long[] input)
        {
            ended[input[0]] += Stopwatch.GetElapsedTime(input[1]).TotalMilliseconds;
            return Task.FromResult(0);
        }
    }
}
