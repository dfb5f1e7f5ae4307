using System.Diagnostics;
using System.Globalization;
using HybridAgents.Durable;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>From an ended process to serving again, and to the end of everything that was under way.</summary>
internal static class RecoveryBenchmark
{
    private const int Repetitions = 3;

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach (int count in (int[])[1_000, 10_000, 100_000])
        {
            List<double> serving = [], done = [];
            for (int repetition = 0; repetition < Repetitions; repetition++)
            {
                (double toServing, double toDone) = await MeasureAsync(setup, count);
                serving.Add(toServing);
                done.Add(toDone);
            }

            rows.Add([count.ToString("N0", CultureInfo.InvariantCulture), Samples.Spread(serving), Samples.Spread(done)]);
        }

        return new(
            "Recovery", ["instances under way", "ms to serving", "ms until all are done"], rows,
            "Each instance has two of its three steps done and the third running when its files are copied as they are, as a crash would leave them: no checkpoint, no clean end. Then an engine opens the copy.");
    }

    private static async Task<(double Serving, double Done)> MeasureAsync(BenchmarkSetup setup, int count)
    {
        string data = setup.NewFolder(), crashed = setup.NewFolder();
        TaskCompletionSource never = new();
        CountdownEvent reached = new(count);
        EmbeddedEngine engine = await setup.StartAsync(Registry(async () =>
        {
            reached.Signal();
            await never.Task;
        }), data, options => (options.MaxConcurrentActivities, options.MaxQueuedStarts) = (100_000, 100_000));
        await Task.WhenAll(Enumerable.Range(0, count).Select(index => engine.Client.ScheduleNewAsync("three", 0, new($"i{index:D6}"))));
        await Task.Run(reached.Wait);
        Copy(data, crashed);
        never.SetCanceled();

        long start = Stopwatch.GetTimestamp();
        EmbeddedEngine second = await setup.StartAsync(Registry(() => Task.CompletedTask), crashed);
        double serving = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        for (int index = 0; index < count; index++)
        {
            if (await second.Client.WaitForCompletionAsync($"i{index:D6}") is not { Status: OrchestrationStatus.Completed })
                throw new InvalidOperationException($"Instance {index} was lost.");
        }

        double done = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await second.StopAsync();
        await engine.StopAsync();
        Directory.Delete(data, recursive: true);
        Directory.Delete(crashed, recursive: true);
        return (serving, done);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static DurableRegistry Registry(Func<Task> third) => new DurableRegistry().AddOrchestrator<Three>("three").AddActivity("step", _ => new Step(third));

    private sealed class Three : Orchestrator<int, int>
    {
        public override async Task<int> RunAsync(OrchestrationContext context, int input)
        {
            for (int step = 0; step < 3; step++)
                input = await context.CallActivityAsync<int>("step", input);
            return input;
        }
    }

    private sealed class Step(Func<Task> third) : Activity<int, int>
    {
        public override async Task<int> RunAsync(HybridAgents.Durable.ActivityContext context, int input)
        {
            if (input == 2)
                await third();
            return input + 1;
        }
    }
}
