using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Conformance;

/// <summary>Replay: what stays the same, and what is noticed when it does not.</summary>
public abstract class DeterminismCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task NewGuid_OverReplays_IsTheSame() => CheckAsync(async run =>
    {
        ConcurrentQueue<Guid> seen = new();
        await run.StartEngineAsync(registry => registry.Orchestrator<int, Guid[]>("ids", async (context, _) =>
        {
            Guid first = context.NewGuid();
            seen.Enqueue(first);
            await context.WaitForExternalEvent<int>("go");
            return [first, context.NewGuid()];
        }));
        string id = await run.StartAsync("ids", 0, "fixed");
        await run.RestartEngineAsync();
        await run.Client.RaiseEventAsync(id, "go", 1);

        Guid[] guids = (await run.ResultOfAsync<Guid[]>(id))!;

        guids.ShouldBeUnique();
        seen.Distinct().ShouldBe([guids[0]]);
    });

    [Fact]
    public Task CurrentUtcDateTime_OverReplays_IsTheSameAndNeverGoesBack() => CheckAsync(
        registry => registry.Orchestrator<int, DateTimeOffset[]>("clock", async (context, _) =>
        {
            List<DateTimeOffset> seen = [context.CurrentUtcDateTime];
            for (int step = 0; step < 3; step++)
            {
                await context.CreateTimer(TimeSpan.FromMinutes(1));
                seen.Add(context.CurrentUtcDateTime);
            }

            return [.. seen];
        }),
        async run =>
        {
            OrchestrationState end = await run.RunAsync("clock");

            DateTimeOffset[] times = end.Output!.Value.As<DateTimeOffset[]>()!;
            times.ShouldBeInOrder();
            times[0].ShouldBe(end.CreatedAt);
            times[^1].ShouldBe(end.LastUpdatedAt);
        });

    [Fact]
    public Task IsReplaying_OverARestart_IsTrueForThePastOnly() => CheckAsync(
        registry => registry.Orchestrator<int, string>("aware", async (context, _) =>
        {
            await context.WaitForExternalEvent<int>("one");
            bool past = context.IsReplaying;
            await context.WaitForExternalEvent<int>("two");
            return $"{past} {context.IsReplaying}";
        }),
        async run =>
        {
            string id = await run.StartAsync("aware");
            await run.Client.RaiseEventAsync(id, "one", 1);
            await run.RestartEngineAsync();
            await run.Client.RaiseEventAsync(id, "two", 2);

            (await run.ResultOfAsync<string>(id)).ShouldBe("True False");
        });

    [Fact]
    public Task ReplaySafeLogger_OverReplays_WritesEachEntryOnce() => CheckAsync(
        registry => registry.Orchestrator<int, int>("talkative", async (context, _) =>
        {
            ILogger logger = context.CreateReplaySafeLogger("talk");
            logger.LogInformation("first");
            await context.WaitForExternalEvent<int>("go");
            logger.LogInformation("second");
            await context.WaitForExternalEvent<int>("go");
            return 0;
        }),
        async run =>
        {
            string id = await run.StartAsync("talkative");
            await run.Client.RaiseEventAsync(id, "go", 1);
            await run.RestartEngineAsync();
            await run.Client.RaiseEventAsync(id, "go", 2);
            await run.EndOfAsync(id);

            run.ShouldBeOnce(run.Engine.Log.Count(line => line == "first"));
            run.ShouldBeOnce(run.Engine.Log.Count(line => line == "second"));
        });

    [Fact]
    public Task ChangedCode_OtherActivity_FailsNamingBothDecisions() => ChangedAsync(
        context => context.CallActivityAsync("old_step"), context => context.CallActivityAsync("new_step"), "'old_step'", "'new_step'");

    [Fact]
    public Task ChangedCode_OtherKindOfDecision_FailsNamingBoth() => ChangedAsync(
        context => context.CallActivityAsync("old_step"), context => context.CreateTimer(TimeSpan.Zero), "'old_step'", "timer");

    [Fact]
    public Task ChangedCode_DecisionLeftOut_FailsNamingTheRecordedOne() => ChangedAsync(
        context => context.CallActivityAsync("old_step"), _ => Task.CompletedTask, "'old_step'", "nothing");

    [Fact]
    public Task ChangedCode_DecisionAdded_FailsNamingTheNewOne() => ChangedAsync(
        _ => Task.CompletedTask, context => context.CallActivityAsync("new_step"), "nothing", "'new_step'");

    [Fact]
    public Task ForeignAwait_TaskDelay_FailsSayingSo() => CheckAsync(
        registry => registry.Orchestrator<int, int>("sleeper", async (_, _) =>
        {
            await Task.Delay(1);
            return 1;
        }),
        async run =>
        {
            OrchestrationState end = await run.RunAsync("sleeper");

            end.Failure!.ErrorType.ShouldBe(typeof(NonDeterminismException).FullName);
            end.Failure.ErrorMessage.ShouldContain("not a call of its context");
        });

    [Fact]
    public Task ForeignThread_UsingTheContext_Fails() => CheckAsync(
        registry => registry.Orchestrator<int, int>("threaded", (context, _) => Task.Run(() => context.CallActivityAsync<int>("work"))).Function<int?, int>("work", (_, _) => 1),
        async run => (await run.RunAsync("threaded")).Status.ShouldBe(OrchestrationStatus.Failed));

    private Task ChangedAsync(Func<OrchestrationContext, Task> before, Func<OrchestrationContext, Task> after, string recorded, string decided, [CallerMemberName] string name = "") => CheckAsync(
        registry => Register(registry, before),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.UntilStatusAsync(id, "between");

            await run.RestartEngineAsync(registry => Register(registry, after));
            await run.Client.RaiseEventAsync(id, "go", 1);

            OrchestrationState end = await run.EndOfAsync(id);
            end.Status.ShouldBe(OrchestrationStatus.Failed);
            end.Failure!.ErrorMessage.ShouldContain($"recorded as {(recorded[0] == '\'' ? "activity " : "")}{recorded}");
            end.Failure.ErrorMessage.ShouldContain(decided);
        },
        name);

    private static void Register(DurableRegistry registry, Func<OrchestrationContext, Task> step) => registry
        .Orchestrator<int, int>("flow", async (context, _) =>
        {
            await step(context);
            context.SetCustomStatus("between");
            return await context.WaitForExternalEvent<int>("go");
        })
        .Function<int?, int>("old_step", (_, _) => 0)
        .Function<int?, int>("new_step", (_, _) => 0);
}
