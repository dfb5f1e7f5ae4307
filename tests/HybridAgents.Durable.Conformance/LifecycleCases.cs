namespace HybridAgents.Durable.Conformance;

/// <summary>Purge, restart, history.</summary>
public abstract class LifecycleCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Purge_Ended_IsGoneAlsoAfterARestartAndItsIdIsFree() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 1, "one");

        (await run.Client.PurgeAsync("one")).ShouldBeTrue();
        await run.RestartEngineAsync();

        (await run.Client.GetAsync("one")).ShouldBeNull();
        (await run.Client.QueryAsync(new())).Instances.ShouldBeEmpty();
        (await run.ResultAsync<int>("echo", 2, "one")).ShouldBe(2);
    });

    [Fact]
    public Task Purge_Parent_TakesItsEndedChildrenAlong() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("parent", 1, "p");

        await run.Client.PurgeAsync("p");

        (await run.Client.GetAsync("p")).ShouldBeNull();
        (await run.Client.GetAsync("p-child")).ShouldBeNull();
    });

    [Fact]
    public Task Purge_ChildOfARunningParent_TheParentKeepsTheResultAndDoesNotRunItAgain() => CheckAsync(async run =>
    {
        int runs = 0;
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
                await context.CallSubOrchestratorAsync<string>("child", 0, new("the-child")) + await context.WaitForExternalEvent<string>("word"))
            .Orchestrator<int, string>("child", (context, _) => context.CallActivityAsync<string>("count"))
            .Function<int?, string>("count", (_, _) => $"{Interlocked.Increment(ref runs)}"));
        string id = await run.StartAsync("parent");
        OrchestrationState child = await run.UntilAsync("the-child", state => state.IsTerminal);
        string counted = (await run.ResultOfAsync<string>(child.InstanceId))!;

        (await run.Client.PurgeAsync("the-child")).ShouldBeTrue();
        await run.RestartEngineAsync();
        await run.Client.RaiseEventAsync(id, "word", "!");

        (await run.ResultOfAsync<string>(id)).ShouldBe($"{counted}!");
        (await run.Client.GetAsync("the-child")).ShouldBeNull();
    });

    [Fact]
    public Task Purge_Running_IsRefused() => CheckAsync(Echo, async run =>
    {
        string id = await run.StartAsync("waiting");

        await Should.ThrowAsync<InvalidOperationException>(() => run.Client.PurgeAsync(id));

        (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Running);
    });

    [Fact]
    public Task Purge_Unknown_ReturnsFalse() => CheckAsync(Echo, async run => (await run.Client.PurgeAsync("nobody")).ShouldBeFalse());

    [Fact]
    public Task Restart_Ended_RunsAgainOnTheFirstInput() => CheckAsync(
        registry => registry.Orchestrator<int, string>("thrice", (context, value) =>
        {
            if (value < 3)
                context.ContinueAsNew(value + 1);
            return Task.FromResult($"{context.InstanceId} {value}");
        }),
        async run =>
        {
            await run.RunAsync("thrice", 1, "first");

            string copy = await run.Client.RestartAsync("first", "second");

            copy.ShouldBe("second");
            (await run.ResultOfAsync<string>(copy)).ShouldBe("second 3");
            (await run.ResultOfAsync<string>("first")).ShouldBe("first 3");
        });

    [Fact]
    public Task Restart_OldVersion_KeepsIt() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("flow", (context, _) => Task.FromResult(context.Version), "1")
            .Orchestrator<int, string>("flow", (context, _) => Task.FromResult(context.Version), "2"),
        async run =>
        {
            await run.EndOfAsync(await run.Client.ScheduleNewAsync("flow", 0, new("first", "1")));

            (await run.ResultOfAsync<string>(await run.Client.RestartAsync("first"))).ShouldBe("1");
        });

    [Fact]
    public Task Restart_Running_LeavesItAndStartsAnother() => CheckAsync(Echo, async run =>
    {
        await run.StartAsync("waiting", 0, "first");

        string copy = await run.Client.RestartAsync("first");
        await run.Client.RaiseEventAsync(copy, "word", "b");
        await run.Client.RaiseEventAsync("first", "word", "a");

        (await run.ResultOfAsync<string>(copy)).ShouldBe("b");
        (await run.ResultOfAsync<string>("first")).ShouldBe("a");
    });

    [Fact]
    public Task Restart_AChild_ItsCopyHasNoParent() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("parent", 4, "p");

        string copy = await run.Client.RestartAsync("p-child");

        (await run.ResultOfAsync<int>(copy)).ShouldBe(4);
        (await run.Client.GetAsync(copy))!.ParentInstanceId.ShouldBeNull();
    });

    [Fact]
    public Task Restart_UnknownOrOntoATakenId_Throws() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 1, "one");
        await run.RunAsync("echo", 2, "two");

        await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.RestartAsync("nobody"));
        await Should.ThrowAsync<InstanceAlreadyExistsException>(() => run.Client.RestartAsync("one", "two"));
    });

    [Fact]
    public Task History_OfAnEndedInstance_ListsWhatHappenedInOrder() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("storied", async (context, _) =>
            {
                await context.CallActivityAsync("work");
                await context.CreateTimer(TimeSpan.FromMinutes(1));
                return await context.WaitForExternalEvent<string>("word");
            })
            .Function<int?, int>("work", (_, _) => 0),
        async run =>
        {
            string id = await run.StartAsync("storied");
            await run.UntilAsync(async () =>
            {
                await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(1));
                return (await run.Client.GetHistoryAsync(id)).Any(entry => entry.Kind == "timer_fired");
            });
            await run.Client.RaiseEventAsync(id, "word", "end");
            await run.EndOfAsync(id);

            IReadOnlyList<HistoryEntry> history = await run.Client.GetHistoryAsync(id);
            history.Select(entry => entry.Kind).ShouldBe(
            [
                "execution_started", "activity_scheduled", "task_completed", "timer_created", "timer_fired", "event_raised", "execution_completed",
            ]);
            history.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, 7).Select(number => (long)number));
            history.Select(entry => entry.Time).ShouldBeInOrder();
            history[1].Name.ShouldBe("work");
            history[2].TaskId.ShouldBe(history[1].TaskId);
        });

    [Fact]
    public Task History_OfAnUnknownInstance_IsEmpty() => CheckAsync(Echo, async run => (await run.Client.GetHistoryAsync("nobody")).ShouldBeEmpty());

    [Fact]
    public Task Engine_Restarted_EndedInstancesKeepTheirResults() => CheckAsync(Echo, async run =>
    {
        OrchestrationState before = await run.RunAsync("echo", 42, "one");

        await run.RestartEngineAsync();

        OrchestrationState after = (await run.Client.GetAsync("one", fetchPayloads: true))!;
        after.ShouldBe(before);
    });

    private static void Echo(DurableRegistry registry) => registry
        .Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value))
        .Orchestrator<int, int>("parent", (context, value) => context.CallSubOrchestratorAsync<int>("echo", value, new($"{context.InstanceId}-child")))
        .Orchestrator<int, string>("waiting", (context, _) => context.WaitForExternalEvent<string>("word"));
}
