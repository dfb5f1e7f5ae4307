namespace HybridAgents.Durable.Conformance;

/// <summary>Suspend and resume.</summary>
public abstract class SuspendCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Suspend_EventsMeanwhile_AreReadInOrderAfterTheResume() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");
        (await run.Client.SuspendAsync(id)).ShouldBeTrue();
        await run.Client.RaiseEventAsync(id, "word", "a");
        await run.Client.RaiseEventAsync(id, "word", "b");
        (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Suspended);

        (await run.Client.ResumeAsync(id)).ShouldBeTrue();

        (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
    });

    [Fact]
    public Task Suspend_RunningActivity_EndsAndItsResultIsKept() => CheckAsync(async run =>
    {
        Gate gate = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("working", async (context, _) =>
            {
                string result = await context.CallActivityAsync<string>("work");
                context.SetCustomStatus("went on");
                return result;
            })
            .Activity<int?, string>("work", async (context, _) =>
            {
                await gate.PassAsync();
                return context.CancellationToken.IsCancellationRequested ? "cut off" : "kept";
            }));
        string id = await run.StartAsync("working");
        await gate.Reached;
        await run.Client.SuspendAsync(id);

        gate.Open();
        await run.UntilAsync(async () => (await run.Client.GetHistoryAsync(id)).Any(entry => entry.Kind == "task_completed"));
        (await run.Client.GetAsync(id))!.CustomStatus.IsNull.ShouldBeTrue();
        await run.Client.ResumeAsync(id);

        (await run.ResultOfAsync<string>(id)).ShouldBe("kept");
    });

    [Fact]
    public Task Suspend_TimerDueMeanwhile_FiresAfterTheResume() => CheckAsync(
        registry => registry.Orchestrator<int, string>("sleeper", async (context, _) =>
        {
            context.SetCustomStatus("asleep");
            await context.CreateTimer(TimeSpan.FromMinutes(1));
            return "awake";
        }),
        async run =>
        {
            string id = await run.StartAsync("sleeper");
            await run.UntilStatusAsync(id, "asleep");
            await run.Client.SuspendAsync(id);

            await run.Engine.PassTimeAsync(TimeSpan.FromHours(1));
            (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Suspended);
            await run.Client.ResumeAsync(id);

            (await run.ResultOfAsync<string>(id)).ShouldBe("awake");
        });

    [Fact]
    public Task Suspend_Twice_ChangesNothingTheSecondTime() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");
        await run.Client.SuspendAsync(id, "lunch");

        (await run.Client.SuspendAsync(id, "dinner")).ShouldBeFalse();

        (await run.Client.GetAsync(id))!.SuspendReason.ShouldBe("lunch");
    });

    [Fact]
    public Task Resume_NotSuspended_ChangesNothing() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");

        (await run.Client.ResumeAsync(id)).ShouldBeFalse();

        (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Running);
    });

    [Fact]
    public Task Resume_Suspended_ClearsTheReason() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");
        await run.Client.SuspendAsync(id, "lunch");

        await run.Client.ResumeAsync(id);

        OrchestrationState state = (await run.Client.GetAsync(id))!;
        state.Status.ShouldBe(OrchestrationStatus.Running);
        state.SuspendReason.ShouldBeNull();
    });

    [Fact]
    public Task Suspend_EndedInstance_ChangesNothing() => CheckAsync(
        registry => registry.Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)),
        async run =>
        {
            await run.RunAsync("echo", 1, "over");

            (await run.Client.SuspendAsync("over")).ShouldBeFalse();
            (await run.Client.ResumeAsync("over")).ShouldBeFalse();

            (await run.Client.GetAsync("over"))!.Status.ShouldBe(OrchestrationStatus.Completed);
        });

    [Fact]
    public Task Suspend_Parent_StopsAndStartsTheChildrenToo() => CheckAsync(Family, async run =>
    {
        string id = await run.StartAsync("parent");
        await run.UntilAsync("the-child", state => state.Status == OrchestrationStatus.Running);

        await run.Client.SuspendAsync(id, "all");
        (await run.Client.GetAsync("the-child"))!.Status.ShouldBe(OrchestrationStatus.Suspended);
        await run.Client.RaiseEventAsync("the-child", "word", "a");
        await run.Client.ResumeAsync(id);

        (await run.ResultOfAsync<string>(id)).ShouldBe("a");
    });

    [Fact]
    public Task Suspend_EngineRestarted_StaysSuspendedWithItsReason() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");
        await run.Client.SuspendAsync(id, "lunch");
        await run.Client.RaiseEventAsync(id, "word", "a");

        await run.RestartEngineAsync();
        await run.Client.RaiseEventAsync(id, "word", "b");
        (await run.Client.GetAsync(id))!.SuspendReason.ShouldBe("lunch");
        await run.Client.ResumeAsync(id);

        (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
    });

    [Fact]
    public Task Suspend_AgainAndAgain_NoEventIsLostOrReadTwice() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener");
        foreach (string word in new[] { "a", "b" })
        {
            await run.Client.SuspendAsync(id);
            await run.Client.RaiseEventAsync(id, "word", word);
            await run.Client.ResumeAsync(id);
        }

        (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
    });

    [Fact]
    public Task Suspend_UnknownInstance_Throws() => CheckAsync(Listener, async run =>
    {
        await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.SuspendAsync("nobody"));
        await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.ResumeAsync("nobody"));
    });

    private static void Listener(DurableRegistry registry) => registry.Orchestrator<int, string>("listener", async (context, _) =>
        await context.WaitForExternalEvent<string>("word") + await context.WaitForExternalEvent<string>("word"));

    private static void Family(DurableRegistry registry) => registry
        .Orchestrator<int, string>("parent", (context, _) => context.CallSubOrchestratorAsync<string>("child", 0, new("the-child")))
        .Orchestrator<int, string>("child", (context, _) => context.WaitForExternalEvent<string>("word"));
}
