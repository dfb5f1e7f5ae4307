using System.Collections.Concurrent;

namespace HybridAgents.Durable.Conformance;

/// <summary>Calls of activities: results, failures, keys, bounds.</summary>
public abstract class ActivityCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task CallActivity_Chain_PassesEachResultOn() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("chain", async (context, value) =>
            {
                for (int step = 0; step < 5; step++)
                    value = await context.CallActivityAsync<int>("add", value);
                return value;
            })
            .Function<int, int>("add", (_, value) => value + 1),
        async run => (await run.ResultAsync<int>("chain", 37)).ShouldBe(42));

    [Fact]
    public Task CallActivity_FanOut_ResultsComeInOrderOfTheCalls() => CheckAsync(
        registry => registry
            .Orchestrator<int, int[]>("fan", async (context, count) =>
                await Task.WhenAll(Enumerable.Range(0, count).Select(index => context.CallActivityAsync<int>("square", index))))
            .Function<int, int>("square", (_, value) => value * value),
        async run => (await run.ResultAsync<int[]>("fan", 20)).ShouldBe(Enumerable.Range(0, 20).Select(index => index * index)));

    [Fact]
    public Task CallActivity_Throwing_IsThrownIntoTheOrchestratorWithTypeAndMessage() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("careful", async (context, _) =>
            {
                TaskFailedException failure = await Thrown.ByAsync<TaskFailedException>(context.CallActivityAsync<int>("broken"));
                return $"{failure.TaskName}: {failure.FailureDetails.ErrorType}: {failure.FailureDetails.ErrorMessage}: {failure.FailureDetails.IsCausedBy<InvalidOperationException>()}";
            })
            .Function<int?, int>("broken", (_, _) => throw new InvalidOperationException("no luck")),
        async run => (await run.ResultAsync<string>("careful")).ShouldBe("broken: System.InvalidOperationException: no luck: True"));

    [Fact]
    public Task CallActivity_FailureWithACause_KeepsTheCause() => CheckAsync(
        registry => registry
            .Orchestrator<int, string?>("careful", async (context, _) =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("broken");
                }
                catch (TaskFailedException failure)
                {
                    return failure.FailureDetails.InnerFailure?.ErrorMessage;
                }
            })
            .Function<int?, string>("broken", (_, _) => throw new InvalidOperationException("outside", new TimeoutException("inside"))),
        async run => (await run.ResultAsync<string>("careful")).ShouldBe("inside"));

    [Fact]
    public Task CallActivity_FailureNotCaught_FailsTheInstanceWithTheActivitysFailureInside() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("careless", (context, _) => context.CallActivityAsync<int>("broken"))
            .Function<int?, int>("broken", (_, _) => throw new InvalidOperationException("no luck")),
        async run =>
        {
            OrchestrationState end = await run.RunAsync("careless");

            end.Status.ShouldBe(OrchestrationStatus.Failed);
            end.Failure!.IsCausedBy<TaskFailedException>().ShouldBeTrue();
            end.Failure.InnerFailure!.ErrorMessage.ShouldBe("no luck");
            end.Output.ShouldBeNull();
        });

    [Fact]
    public Task CallActivity_FailureCaught_CompensationRuns() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("saga", async (context, _) =>
            {
                string booked = await context.CallActivityAsync<string>("book", "car");
                try
                {
                    return await context.CallActivityAsync<string>("book", "moon");
                }
                catch (TaskFailedException)
                {
                    return await context.CallActivityAsync<string>("release", booked);
                }
            })
            .Function<string, string>("book", (_, what) => what == "moon" ? throw new ArgumentException("too far") : what)
            .Function<string, string>("release", (_, what) => $"released {what}"),
        async run => (await run.ResultAsync<string>("saga")).ShouldBe("released car"));

    [Fact]
    public Task CallActivity_NotRegistered_FailsTheCallNamingIt() => CheckAsync(
        registry => registry.Orchestrator<int, int>("lost", (context, _) => context.CallActivityAsync<int>("nowhere", null, new(Retry: new(5, TimeSpan.FromDays(1000))))),
        async run => (await run.RunAsync("lost")).Failure!.ErrorMessage.ShouldContain("'nowhere'"));

    [Fact]
    public Task CallActivity_WithAKey_TheActivitySeesInstanceIdAndKey() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("keyed", (context, _) => context.CallActivityAsync<string>("key", null, new("2/model/0")))
            .Function<int?, string>("key", (context, _) => $"{context.Name} {context.InstanceId} {context.Key} {context.Attempt}"),
        async run => (await run.ResultAsync<string>("keyed", 0, "run-1")).ShouldBe("key run-1 run-1/2/model/0 1"));

    [Fact]
    public Task CallActivity_WithoutAKey_EachCallHasAnother() => CheckAsync(
        registry => registry
            .Orchestrator<int, string[]>("keyed", async (context, _) =>
                [await context.CallActivityAsync<string>("key"), await context.CallActivityAsync<string>("key"), await context.CallActivityAsync<string>("key")])
            .Function<int?, string>("key", (context, _) => context.Key),
        async run => (await run.ResultAsync<string[]>("keyed"))!.Distinct().Count().ShouldBe(3));

    [Fact]
    public Task CallActivity_RunAgain_HasTheSameKeyAndAttempt() => CheckAsync(async run =>
    {
        ConcurrentQueue<(string Step, string Key, int Attempt)> calls = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, int>("keyed", async (context, _) => await context.CallActivityAsync<int>("note", 1) + await context.CallActivityAsync<int>("note", 2))
            .Function<int, int>("note", (context, step) =>
            {
                calls.Enqueue(($"step {step}", context.Key, context.Attempt));
                return step;
            }));

        (await run.ResultAsync<int>("keyed", 0, "run-1")).ShouldBe(3);

        calls.Distinct().Count().ShouldBe(2);
    });

    [Fact]
    public Task CallActivity_InputAboveTheBound_IsRefusedInTheOrchestrator() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("big", async (context, size) =>
                (await Thrown.ByAsync<PayloadTooLargeException>(context.CallActivityAsync<int>("take", new string('x', size)))).Message)
            .Function<string, int>("take", (_, text) => text.Length),
        async run => (await run.ResultAsync<string>("big", OrchestrationContext.MaxPayloadBytes)).ShouldContain("at most 16384 bytes"));

    [Fact]
    public Task CallActivity_InputAndResultAtTheBound_Pass() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("big", async (context, size) => (await context.CallActivityAsync<string>("echo", new string('x', size))).Length)
            .Function<string, string>("echo", (_, text) => text),
        async run => (await run.ResultAsync<int>("big", OrchestrationContext.MaxPayloadBytes - 2)).ShouldBe(OrchestrationContext.MaxPayloadBytes - 2));

    [Fact]
    public Task CallActivity_ResultAboveTheBound_FailsTheCallWithoutRetry() => CheckAsync(async run =>
    {
        int calls = 0;
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("big", (context, _) => context.CallActivityAsync<string>("make", null, new(Retry: new(5, TimeSpan.FromSeconds(1)))))
            .Function<int?, string>("make", (_, _) =>
            {
                Interlocked.Increment(ref calls);
                return new string('x', OrchestrationContext.MaxPayloadBytes);
            }));

        (await run.RunAsync("big")).Failure!.ErrorMessage.ShouldContain("at most 16384 bytes");
        run.ShouldBeOnce(calls);
    });

    [Fact]
    public Task CallActivity_NullInputAndResult_ComeBackAsNull() => CheckAsync(
        registry => registry
            .Orchestrator<int, bool>("nothing", async (context, _) => await context.CallActivityAsync<string?>("echo") is null)
            .Function<string?, string?>("echo", (_, text) => text),
        async run => (await run.ResultAsync<bool>("nothing")).ShouldBeTrue());

    [Fact]
    public Task CallActivity_InstanceWithTraceContext_TheActivityReceivesIt() => CheckAsync(
        registry => registry
            .Orchestrator<int, string?>("traced", (context, _) => context.CallActivityAsync<string?>("trace"))
            .Function<int?, string?>("trace", (context, _) => context.TraceParent),
        async run =>
        {
            const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            string id = await run.Client.ScheduleNewAsync("traced", 0, new(TraceParent: trace));

            (await run.ResultOfAsync<string>(id)).ShouldBe(trace);
        });
}
