using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Durable.Tests.Engine;

public sealed class ControlTests
{
    [Fact]
    public async Task Cancel_RunningActivity_FiresItsTokenAndCompletesCancelRequested()
    {
        Gate gate = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("cancellable", async (context, _) =>
            {
                string partial = await context.CallActivityAsync<string>("stream");
                CancelRequest cancel = await context.CancelRequested;
                return $"{partial}, because {cancel.Reason}; {await context.CallActivityAsync<string>("finalize")}";
            })
            .Activity<int?, string>("stream", async (context, _) =>
            {
                try
                {
                    await gate.PassAsync(context.CancellationToken);
                    return "whole";
                }
                catch (OperationCanceledException)
                {
                    return $"partial ({context.Cancellation})";
                }
            })
            .Activity<int?, string>("finalize", (context, _) => Task.FromResult(context.CancellationToken.IsCancellationRequested ? "cut off" : "finalized")));
        string id = await engine.Client.ScheduleNewAsync("cancellable", 0);
        await gate.Reached;

        (await engine.Client.CancelAsync(id, "enough")).ShouldBeTrue();

        OrchestrationState end = await engine.EndOfAsync(id);
        end.Output!.Value.As<string>().ShouldBe("partial (RunCancelled), because enough; finalized");
        (await engine.Client.CancelAsync(id, "again")).ShouldBeFalse();
    }

    [Fact]
    public async Task Cancel_ParentOfSuspendedChild_ReachesTheChildAndResumesIt()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("parent", (context, _) => context.CallSubOrchestratorAsync<string>("child", 0, new("the-child")))
            .Orchestrator<int, string>("child", async (context, _) => (await context.CancelRequested).Reason ?? "none"));
        string id = await engine.Client.ScheduleNewAsync("parent", 0);
        await WaitUntilAsync(async () => await engine.Client.GetAsync("the-child") is { Status: OrchestrationStatus.Running });
        await engine.Client.SuspendAsync("the-child");

        await engine.Client.CancelAsync(id, "stop all");

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("stop all");
    }

    [Fact]
    public async Task Suspend_EventsMeanwhile_AreTakenInOrderAfterResume()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, string>("listener", async (context, _) =>
                await context.WaitForExternalEvent<string>("word") + await context.WaitForExternalEvent<string>("word")));
        string id = await engine.Client.ScheduleNewAsync("listener", 0);

        (await engine.Client.SuspendAsync(id, "lunch")).ShouldBeTrue();
        (await engine.Client.SuspendAsync(id)).ShouldBeFalse();
        await engine.Client.RaiseEventAsync(id, "word", "a");
        await engine.Client.RaiseEventAsync(id, "word", "b");
        OrchestrationState suspended = (await engine.Client.GetAsync(id))!;
        suspended.Status.ShouldBe(OrchestrationStatus.Suspended);
        suspended.SuspendReason.ShouldBe("lunch");
        await engine.RestartAsync();

        (await engine.Client.ResumeAsync(id)).ShouldBeTrue();

        (await engine.EndOfAsync(id)).Output!.Value.As<string>().ShouldBe("ab");
        (await engine.Client.ResumeAsync(id)).ShouldBeFalse();
    }

    [Fact]
    public async Task Terminate_WithRunningChild_EndsBothAndDropsLateResults()
    {
        Gate gate = new();
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("parent", (context, _) => context.CallSubOrchestratorAsync<int>("child", 0, new("c")))
            .Orchestrator<int, int>("child", (context, _) => context.CallActivityAsync<int>("hold"))
            .Activity<int?, int>("hold", async (_, _) =>
            {
                await gate.PassAsync();
                return 1;
            }));
        string id = await engine.Client.ScheduleNewAsync("parent", 0);
        await gate.Reached;

        (await engine.Client.TerminateAsync(id, "now")).ShouldBeTrue();

        (await engine.EndOfAsync(id)).Status.ShouldBe(OrchestrationStatus.Terminated);
        OrchestrationState child = await engine.EndOfAsync("c");
        gate.Open();
        child.Status.ShouldBe(OrchestrationStatus.Terminated);
        child.Failure!.ErrorMessage.ShouldBe("now");
    }

    [Fact]
    public async Task Purge_EndedInstance_IsGoneAlsoAfterARestartAndItsIdIsFree()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("parent", (context, value) => context.CallSubOrchestratorAsync<int>("echo", value, new("kid")))
            .Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)));
        await engine.RunAsync("parent", 1, "p");

        (await engine.Client.PurgeAsync("p")).ShouldBeTrue();
        await engine.RestartAsync();

        (await engine.Client.GetAsync("p")).ShouldBeNull();
        (await engine.Client.GetAsync("kid")).ShouldBeNull();
        (await engine.Client.PurgeAsync("p")).ShouldBeFalse();
        (await engine.RunAsync("parent", 2, "p")).Output!.Value.As<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Purge_RunningInstance_IsRefused()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("waiting", async (context, _) => await context.WaitForExternalEvent<int>("never")));
        string id = await engine.Client.ScheduleNewAsync("waiting", 0);

        await Should.ThrowAsync<InvalidOperationException>(() => engine.Client.PurgeAsync(id));
    }

    [Fact]
    public async Task Restart_EndedInstance_RunsAgainOnTheFirstInput()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry
            .Orchestrator<int, int>("thrice", (context, value) =>
            {
                if (value < 3)
                    context.ContinueAsNew(value + 1);
                return Task.FromResult(value);
            }));
        await engine.RunAsync("thrice", 1, "first");

        string copy = await engine.Client.RestartAsync("first", "second");

        OrchestrationState end = await engine.EndOfAsync(copy);
        end.InstanceId.ShouldBe("second");
        end.Output!.Value.As<int>().ShouldBe(3);
    }

    [Fact]
    public async Task Query_PagesAndFilters_ReturnEveryMatchOnceInOrder()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(registry => registry.Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)));
        foreach (int index in Enumerable.Range(0, 25))
            await engine.RunAsync("echo", index, $"run-{index:D2}");
        await engine.RunAsync("echo", 0, "other");

        List<string> seen = [];
        string? token = null;
        do
        {
            OrchestrationPage page = await engine.Client.QueryAsync(new()
            {
                InstanceIdPrefix = "run-",
                Statuses = [OrchestrationStatus.Completed],
                PageSize = 10,
                ContinuationToken = token,
            });
            seen.AddRange(page.Instances.Select(instance => instance.InstanceId));
            token = page.ContinuationToken;
        }
        while (token is not null);

        seen.ShouldBe(Enumerable.Range(0, 25).Select(index => $"run-{index:D2}"));
    }

    [Fact]
    public async Task Start_DiskFullUntilTheStop_TheCallerIsTold()
    {
        SimulatedFiles files = new() { IsFull = true };
        EmbeddedEngine engine = new(
            new() { Path = "simulated" },
            new DurableRegistry().Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)),
            new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(),
            new ManualTimeProvider(),
            NullLoggerFactory.Instance)
        { Files = files };
        await engine.StartAsync();
        Task<string> start = engine.Client.ScheduleNewAsync("echo", 1);
        await WaitUntilAsync(() => Task.FromResult(engine.RefusalReason is not null));

        await engine.StopAsync();

        await Should.ThrowAsync<JournalStoppedException>(start.WaitAsync(Scenario.Patience));
    }

    [Fact]
    public async Task RaiseEvent_UnknownInstance_ThrowsNamingIt()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(_ => { });

        InstanceNotFoundException error = await Should.ThrowAsync<InstanceNotFoundException>(() => engine.Client.RaiseEventAsync("nobody", "word"));

        error.InstanceId.ShouldBe("nobody");
    }

    internal static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(Scenario.Patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
