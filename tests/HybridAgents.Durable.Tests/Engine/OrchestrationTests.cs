using System.Collections.Concurrent;

namespace HybridAgents.Durable.Tests.Engine;

public sealed class OrchestrationTests
{
    /// <summary>Hot, and cold: the code is dropped and replayed at every turn.</summary>
    public static TheoryData<int> HotLimits => [10_000, 0];

    [Theory]
    [MemberData(nameof(HotLimits))]
    public async Task Chain_FiveActivities_ReturnsTheSum(int hot)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(
            registry => registry
                .Orchestrator<int, int>("chain", async (context, value) =>
                {
                    for (int step = 0; step < 5; step++)
                        value = await context.CallActivityAsync<int>("add", value);
                    return value;
                })
                .Activity<int, int>("add", (_, value) => Task.FromResult(value + 1)),
            configure: options => options.MaxHotInstances = hot);

        OrchestrationState end = await engine.RunAsync("chain", 37);

        end.Status.ShouldBe(OrchestrationStatus.Completed);
        end.Output!.Value.As<int>().ShouldBe(42);
        end.Input!.Value.As<int>().ShouldBe(37);
    }

    [Theory]
    [MemberData(nameof(HotLimits))]
    public async Task FanOut_HundredActivities_AllResultsInOrder(int hot)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(
            registry => registry
                .Orchestrator<int, int[]>("fan", async (context, count) =>
                    await Task.WhenAll(Enumerable.Range(0, count).Select(index => context.CallActivityAsync<int>("square", index))))
                .Activity<int, int>("square", (_, value) => Task.FromResult(value * value)),
            configure: options => options.MaxHotInstances = hot);

        OrchestrationState end = await engine.RunAsync("fan", 100);

        end.Output!.Value.As<int[]>().ShouldBe(Enumerable.Range(0, 100).Select(index => index * index));
    }

    [Fact]
    public async Task Activity_FailingTwice_IsRetriedWithTheSameKeyAndRisingAttempts()
    {
        ConcurrentQueue<(string Key, int Attempt)> calls = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("retrying", (context, _) =>
                context.CallActivityAsync<string>("flaky", null, new("step/1", new(3, TimeSpan.FromMilliseconds(1)))))
            .Activity<int?, string>("flaky", (context, _) =>
            {
                calls.Enqueue((context.Key, context.Attempt));
                return context.Attempt < 3 ? throw new InvalidOperationException("not yet") : Task.FromResult("done");
            }));

        OrchestrationState end = await engine.RunAsync("retrying", 0, "r1");

        end.Output!.Value.As<string>().ShouldBe("done");
        calls.ShouldBe([("r1/step/1", 1), ("r1/step/1", 2), ("r1/step/1", 3)]);
    }

    [Fact]
    public async Task Activity_NonRetriable_FailsTheOrchestrationAtOnce()
    {
        int calls = 0;
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("strict", (context, _) => context.CallActivityAsync<string>("never", null, new(Retry: new(5, TimeSpan.FromMilliseconds(1)))))
            .Activity<int?, string>("never", (_, _) =>
            {
                Interlocked.Increment(ref calls);
                throw new NonRetriableException("no use");
            }));

        OrchestrationState end = await engine.RunAsync("strict", 0);

        end.Status.ShouldBe(OrchestrationStatus.Failed);
        end.Failure!.InnerFailure!.ErrorMessage.ShouldBe("no use");
        calls.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(HotLimits))]
    public async Task ExternalEvents_BeforeAndAfterTheWait_AreReadInOrder(int hot)
    {
        Gate gate = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(
            registry => registry
                .Orchestrator<int, string>("listener", async (context, _) =>
                {
                    await context.CallActivityAsync("hold");
                    return await context.WaitForExternalEvent<string>("Word") + await context.WaitForExternalEvent<string>("word")
                        + await context.WaitForExternalEvent<string>("word");
                })
                .Activity<int?, int>("hold", async (_, _) =>
                {
                    await gate.PassAsync();
                    return 0;
                }),
            configure: options => options.MaxHotInstances = hot);
        string id = await engine.Client.ScheduleNewAsync("listener", 0);
        await gate.Reached;

        await engine.Client.RaiseEventAsync(id, "word", "a");
        await engine.Client.RaiseEventAsync(id, "WORD", "b");
        gate.Open();
        await engine.Client.RaiseEventAsync(id, "word", "c");

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("abc");
    }

    [Fact]
    public async Task WaitForExternalEvent_TimedOut_NextWaitStillGetsTheEvent()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("patient", async (context, _) =>
            {
                int timeouts = 0;
                while (true)
                {
                    try
                    {
                        return $"{await context.WaitForExternalEvent<string>("answer", TimeSpan.FromMilliseconds(20))} after {Math.Min(++timeouts, 2)}";
                    }
                    catch (TaskCanceledException)
                    {
                        timeouts++;
                        context.SetCustomStatus(new { timeouts });
                    }
                }
            }));
        string id = await engine.Client.ScheduleNewAsync("patient", 0);
        while ((await engine.Client.GetAsync(id))!.CustomStatus.IsNull)
            await Task.Yield();

        await engine.Client.RaiseEventAsync(id, "answer", "yes");

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("yes after 2");
    }

    [Fact]
    public async Task SubOrchestration_Failing_ThrowsItsFailureIntoTheParent()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<string>("child", 1);
                }
                catch (TaskFailedException failure)
                {
                    return failure.FailureDetails.ErrorMessage;
                }
            })
            .Orchestrator<int, string>("child", (_, _) => throw new InvalidOperationException("child broke")));

        (await engine.RunAsync("parent", 0)).Output!.Value.As<string>().ShouldBe("child broke");
    }

    [Theory]
    [MemberData(nameof(HotLimits))]
    public async Task ContinueAsNew_ManyGenerations_KeepsUnreadEventsAndDropsHistory(int hot)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(
            registry => registry
                .Orchestrator<int, string>("counter", async (context, generation) =>
                {
                    await context.CallActivityAsync("touch");
                    if (generation < 20)
                    {
                        context.ContinueAsNew(generation + 1);
                        return "";
                    }

                    return await context.WaitForExternalEvent<string>("word");
                })
                .Activity<int?, int>("touch", (_, _) => Task.FromResult(0)),
            configure: options => options.MaxHotInstances = hot);
        string id = await engine.Client.ScheduleNewAsync("counter", 1);
        await engine.Client.RaiseEventAsync(id, "word", "kept");

        OrchestrationState end = await engine.EndOfAsync(id);

        end.Output!.Value.As<string>().ShouldBe("kept");
        end.Input!.Value.As<int>().ShouldBe(20);
        (await engine.Client.GetHistoryAsync(id)).Count(entry => entry.Kind == "activity_scheduled").ShouldBe(1);
    }

    [Fact]
    public async Task ContinueAsNew_WithAnActivityOutstanding_Fails()
    {
        Gate gate = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("hasty", (context, value) =>
            {
                _ = context.CallActivityAsync("hold");
                context.ContinueAsNew(value);
                return Task.FromResult(0);
            })
            .Activity<int?, int>("hold", async (context, _) =>
            {
                await gate.PassAsync(context.CancellationToken);
                return 0;
            }));

        OrchestrationState end = await engine.RunAsync("hasty", 0);

        end.Failure!.ErrorMessage.ShouldContain("activity 'hold' was outstanding");
        gate.Open();
    }

    [Fact]
    public async Task Timers_DifferentDelays_FireInOrderAndTheCancelledOneNever()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("timed", async (context, _) =>
            {
                using CancellationTokenSource stop = new();
                Task slow = context.CreateTimer(TimeSpan.FromMilliseconds(60));
                Task quick = context.CreateTimer(TimeSpan.FromMilliseconds(20));
                Task never = context.CreateTimer(TimeSpan.FromMilliseconds(30), stop.Token);
                Task first = await Task.WhenAny(slow, quick, never);
                stop.Cancel();
                await slow;
                return $"{first == quick} {never.IsCanceled}";
            }));

        (await engine.RunAsync("timed", 0)).Output!.Value.As<string>().ShouldBe("True True");
    }

    [Fact]
    public async Task CurrentUtcDateTime_OverTurns_NeverGoesBackAndIsTheSameInReplay()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(
            registry => registry
                .Orchestrator<int, DateTimeOffset[]>("clock", async (context, _) =>
                {
                    List<DateTimeOffset> seen = [context.CurrentUtcDateTime];
                    for (int step = 0; step < 3; step++)
                    {
                        await context.CreateTimer(TimeSpan.FromMilliseconds(1));
                        seen.Add(context.CurrentUtcDateTime);
                    }

                    return [.. seen];
                }),
            configure: options => options.MaxHotInstances = 0);

        OrchestrationState end = await engine.RunAsync("clock", 0);

        DateTimeOffset[] times = end.Output!.Value.As<DateTimeOffset[]>()!;
        times.ShouldBeInOrder();
        times[0].ShouldBe(end.CreatedAt);
    }

    [Fact]
    public async Task TaskDelay_InOrchestrator_FailsNamingTheCause()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("sleeper", async (_, _) =>
            {
                await Task.Delay(1);
                return 1;
            }));

        OrchestrationState end = await engine.RunAsync("sleeper", 0);

        end.Failure!.ErrorType.ShouldBe(typeof(NonDeterminismException).FullName);
        end.Failure.ErrorMessage.ShouldContain("not a call of its context");
    }

    [Fact]
    public async Task Start_IdTaken_IsRejectedOrKeptAsAsked()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry.Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)));
        await engine.RunAsync("echo", 1, "same");

        await Should.ThrowAsync<InstanceAlreadyExistsException>(() => engine.Client.ScheduleNewAsync("echo", 2, new("same")));
        await engine.Client.ScheduleNewAsync("echo", 3, new("same", Duplicates: DuplicateIdPolicy.KeepExisting));

        (await engine.Client.GetAsync("same", fetchPayloads: true))!.Output!.Value.As<int>().ShouldBe(1);
    }

    [Fact]
    public async Task ActivityResult_AboveTheBound_FailsTheCall()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("big", (context, _) => context.CallActivityAsync<string>("huge"))
            .Activity<int?, string>("huge", (_, _) => Task.FromResult(new string('x', 20_000))));

        (await engine.RunAsync("big", 0)).Failure!.ErrorMessage.ShouldContain("16384 bytes are allowed");
    }
}
