using System.Collections.Concurrent;

namespace HybridAgents.Durable.Tests.Engine;

public sealed class RecoveryTests
{
    [Fact]
    public async Task Crash_BetweenSteps_FinishedActivitiesAreNotRunAgain()
    {
        ConcurrentQueue<string> calls = new();
        Gate gate = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Chain(registry, calls, gate));
        string id = await engine.Client.ScheduleNewAsync("chain", 0, new("c1"));
        await gate.Reached;

        gate.Open();
        await engine.CrashAsync(registry => Chain(registry, calls, OpenGate()));
        OrchestrationState end = await engine.EndOfAsync(id);

        end.Output!.Value.As<int>().ShouldBe(3);
        calls.Count(key => key == "c1/step/0").ShouldBe(1);
        calls.Count(key => key == "c1/step/1").ShouldBeInRange(1, 2); // it was under way: at least once, with the same key
    }

    [Fact]
    public async Task Crash_WithTimerEventAndChildOutstanding_AllAnswersStillArrive()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(Everything);
        string id = await engine.Client.ScheduleNewAsync("everything", 0);
        await ControlTests.WaitUntilAsync(async () => await engine.Client.GetAsync("kid") is { Status: OrchestrationStatus.Running });

        await engine.CrashAsync(Everything);
        await engine.Client.RaiseEventAsync("kid", "go", 1);
        await engine.CrashAsync(Everything);
        await engine.Client.RaiseEventAsync(id, "word", "hello");

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("timer hello 1");
    }

    [Fact]
    public async Task Crash_AfterCancel_TheCancelIsKnownAndPassedToTheActivity()
    {
        Gate first = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Register(registry, first, ignoreCancel: true));
        string id = await engine.Client.ScheduleNewAsync("cancellable", 0);
        await first.Reached;
        await engine.Client.CancelAsync(id, "stop");

        await engine.CrashAsync(registry => Register(registry, new Gate(), ignoreCancel: false));

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("partial stop");
        first.Open();

        static void Register(DurableRegistry registry, Gate gate, bool ignoreCancel) => registry
            .Orchestrator<int, string>("cancellable", async (context, _) =>
                $"{await context.CallActivityAsync<string>("stream")} {(await context.CancelRequested).Reason}")
            .Activity<int?, string>("stream", async (context, _) =>
            {
                try
                {
                    await gate.PassAsync(ignoreCancel ? default : context.CancellationToken);
                    return "whole";
                }
                catch (OperationCanceledException)
                {
                    return "partial";
                }
            });
    }

    [Fact]
    public async Task Stop_WithARunningActivity_RunsItAgainAfterTheStartWithoutConsumingAnAttempt()
    {
        Gate gate = new();
        ConcurrentQueue<int> attempts = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Register(registry, gate));
        string id = await engine.Client.ScheduleNewAsync("one", 0);
        await gate.Reached;

        await engine.RestartAsync(registry => Register(registry, OpenGate()));

        (await engine.EndOfAsync(id)).Output!.Value.As<int>().ShouldBe(7);
        attempts.ShouldBe([1, 1]);

        void Register(DurableRegistry registry, Gate at) => registry
            .Orchestrator<int, int>("one", (context, _) => context.CallActivityAsync<int>("hold"))
            .Activity<int?, int>("hold", async (context, _) =>
            {
                attempts.Enqueue(context.Attempt);
                await at.PassAsync(context.CancellationToken);
                return 7;
            });
    }

    [Fact]
    public async Task Version_Gone_ParksTheInstanceUntilItIsBack()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Versioned(registry, "1"));
        string id = await engine.Client.ScheduleNewAsync("flow", 0);

        await engine.RestartAsync(registry => Versioned(registry, "2"));
        await engine.Client.RaiseEventAsync(id, "go", "x");
        OrchestrationState parked = (await engine.Client.GetAsync(id))!;
        parked.Status.ShouldBe(OrchestrationStatus.Suspended);
        parked.SuspendReason.ShouldBe("version_unavailable");
        (await engine.Client.ResumeAsync(id)).ShouldBeFalse();
        await engine.RestartAsync(registry =>
        {
            Versioned(registry, "1");
            Versioned(registry, "2");
        });

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("1:x");

        static void Versioned(DurableRegistry registry, string version) => registry
            .Orchestrator<int, string>("flow", async (context, _) => $"{version}:{await context.WaitForExternalEvent<string>("go")}", version);
    }

    [Fact]
    public async Task ChangedCode_OnReplay_FailsNamingBothDecisions()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Register(registry, "old_step"));
        string id = await engine.Client.ScheduleNewAsync("flow", 0);
        await ControlTests.WaitUntilAsync(async () => (await engine.Client.GetHistoryAsync(id)).Any(entry => entry.Kind == "task_completed"));

        await engine.RestartAsync(registry => Register(registry, "new_step"));
        await engine.Client.RaiseEventAsync(id, "go", 1);

        OrchestrationState end = await engine.EndOfAsync(id);
        end.Status.ShouldBe(OrchestrationStatus.Failed);
        end.Failure!.ErrorMessage.ShouldContain("'old_step'");
        end.Failure.ErrorMessage.ShouldContain("'new_step'");

        static void Register(DurableRegistry registry, string step) => registry
            .Orchestrator<int, int>("flow", async (context, _) =>
            {
                await context.CallActivityAsync(step);
                return await context.WaitForExternalEvent<int>("go");
            })
            .Activity<int?, int>(step, (_, _) => Task.FromResult(0));
    }

    [Fact]
    public async Task Crash_AtRandomMomentsUnderLoad_EveryAcknowledgedStartCompletes()
    {
        Random random = new(20260101);
        ConcurrentQueue<string> calls = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => Chain(registry, calls, OpenGate()));
        List<string> acknowledged = [];
        for (int round = 0; round < 5; round++)
        {
            Task<string>[] starts = [.. Enumerable.Range(0, 200).Select(index => engine.Client.ScheduleNewAsync("chain", 0, new($"r{round}-{index}")))];
            for (int spins = random.Next(2000); spins > 0; spins--)
                await Task.Yield();
            await Task.WhenAll(starts);
            acknowledged.AddRange(starts.Select(start => start.Result));
            await engine.CrashAsync(registry => Chain(registry, calls, OpenGate()));
        }

        foreach (string id in acknowledged)
            (await engine.EndOfAsync(id)).Output!.Value.As<int>().ShouldBe(3);
    }

    private static void Chain(DurableRegistry registry, ConcurrentQueue<string> calls, Gate beforeTheLast) => registry
        .Orchestrator<int, int>("chain", async (context, value) =>
        {
            for (int step = 0; step < 3; step++)
                value = await context.CallActivityAsync<int>("add", value, new($"step/{step}"));
            return value;
        })
        .Activity<int, int>("add", async (context, value) =>
        {
            calls.Enqueue(context.Key);
            if (value == 1)
                await beforeTheLast.PassAsync();
            return value + 1;
        });

    private static void Everything(DurableRegistry registry) => registry
        .Orchestrator<int, string>("everything", async (context, _) =>
        {
            Task<int> child = context.CallSubOrchestratorAsync<int>("kid", 0, new("kid"));
            Task<string> word = context.WaitForExternalEvent<string>("word");
            await context.CreateTimer(TimeSpan.FromMilliseconds(30));
            return $"timer {await word} {await child}";
        })
        .Orchestrator<int, int>("kid", (context, _) => context.WaitForExternalEvent<int>("go"));

    private static Gate OpenGate()
    {
        Gate gate = new();
        gate.Open();
        return gate;
    }
}
