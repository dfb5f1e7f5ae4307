using System.Collections.Concurrent;

namespace HybridAgents.Durable.Conformance;

/// <summary>Retry policies of activities and sub-orchestrations.</summary>
public abstract class RetryCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Retry_FailingTwice_KeepsTheKeyAndCountsAttempts() => CheckAsync(async run =>
    {
        ConcurrentQueue<(string Key, int Attempt)> calls = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("retrying", (context, _) => context.CallActivityAsync<string>("flaky", null, new("step/1", new(3, TimeSpan.FromSeconds(1)))))
            .Function<int?, string>("flaky", (context, _) =>
            {
                calls.Enqueue((context.Key, context.Attempt));
                return context.Attempt < 3 ? throw new InvalidOperationException("not yet") : "done";
            }));

        (await run.ResultAsync<string>("retrying", 0, "r1")).ShouldBe("done");

        calls.Distinct().ShouldBe([("r1/step/1", 1), ("r1/step/1", 2), ("r1/step/1", 3)]);
    });

    [Fact]
    public Task Retry_AttemptsUsedUp_ThrowsTheLastFailure() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("retrying", (context, _) => context.CallActivityAsync<int>("broken", null, new(Retry: new(3, TimeSpan.FromSeconds(1)))))
            .Function<int?, int>("broken", (context, _) => throw new InvalidOperationException($"attempt {context.Attempt}")),
        async run => (await run.RunAsync("retrying")).Failure!.InnerFailure!.ErrorMessage.ShouldBe("attempt 3"));

    [Fact]
    public Task Retry_PredicateRefuses_StopsThere() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("choosy", (context, _) => context.CallActivityAsync<int>("broken", null, new(
                Retry: new(9, TimeSpan.FromSeconds(1), ShouldRetry: failure => failure.IsCausedBy<TimeoutException>()))))
            .Function<int?, int>("broken", (context, _) => context.Attempt == 1 ? throw new TimeoutException("slow") : throw new ArgumentException($"attempt {context.Attempt}")),
        async run => (await run.RunAsync("choosy")).Failure!.InnerFailure!.ErrorMessage.ShouldBe("attempt 2"));

    [Fact]
    public Task Retry_NonRetriableFailure_IgnoresThePolicy() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("strict", (context, _) => context.CallActivityAsync<int>("never", null, new(Retry: new(5, TimeSpan.FromSeconds(1)))))
            .Function<int?, int>("never", (context, _) => throw new NonRetriableException($"attempt {context.Attempt}")),
        async run => (await run.RunAsync("strict")).Failure!.InnerFailure!.ErrorMessage.ShouldBe("attempt 1"));

    [Fact]
    public Task Retry_Waits_GrowByTheCoefficientUpToTheLongest() => CheckAsync(
        registry => registry
            .Orchestrator<int, double[]>("patient", async (context, _) =>
            {
                List<DateTimeOffset> failures = [];
                try
                {
                    await context.CallActivityAsync<int>("broken", null, new(Retry: new(5, TimeSpan.FromMinutes(1), 3, TimeSpan.FromMinutes(10), _ =>
                    {
                        failures.Add(context.CurrentUtcDateTime);
                        context.SetCustomStatus($"failure {failures.Count}");
                        return true;
                    })));
                }
                catch (TaskFailedException)
                {
                    failures.Add(context.CurrentUtcDateTime);
                }

                return [.. failures.Zip(failures.Skip(1), (one, next) => (next - one).TotalMinutes)];
            })
            .Function<int?, int>("broken", (_, _) => throw new InvalidOperationException("no luck")),
        async run =>
        {
            double[] waits = [1, 3, 9, 10];
            string id = await run.StartAsync("patient");
            for (int failure = 1; failure <= waits.Length; failure++)
            {
                await run.UntilStatusAsync(id, $"failure {failure}");
                await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(waits[failure - 1]) - TimeSpan.FromSeconds(10));
                await run.Engine.PassTimeAsync(TimeSpan.FromSeconds(10));
            }

            await run.UntilAsync(id, state => state.IsTerminal);
            (await run.ResultOfAsync<double[]>(id)).ShouldBe(waits, tolerance: 0.05);
        });

    [Fact]
    public Task Retry_OfASubOrchestration_EachAttemptIsAnInstanceOfItsOwn() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", (context, _) => context.CallSubOrchestratorAsync<string>("child", 0, new("kid", Retry: new(3, TimeSpan.FromSeconds(1)))))
            .Orchestrator<int, string>("child", (context, _) =>
                context.InstanceId.EndsWith("~3", StringComparison.Ordinal) ? Task.FromResult(context.InstanceId) : throw new InvalidOperationException("not yet")),
        async run =>
        {
            (await run.ResultAsync<string>("parent")).ShouldBe("kid~3");

            (await run.Client.GetAsync("kid"))!.Status.ShouldBe(OrchestrationStatus.Failed);
            (await run.Client.GetAsync("kid~2"))!.Status.ShouldBe(OrchestrationStatus.Failed);
        });
}
