namespace HybridAgents.Durable.Conformance;

/// <summary>Several versions of an orchestrator, and versions that are gone.</summary>
public abstract class VersionCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Versions_SideBySide_EachInstanceRunsItsOwn() => CheckAsync(
        registry => Flow(registry, "1", "2"),
        async run =>
        {
            string old = await run.Client.ScheduleNewAsync("flow", 0, new(Version: "1"));
            string newest = await run.Client.ScheduleNewAsync("flow", 0);
            await run.Client.RaiseEventAsync(old, "go", "x");
            await run.Client.RaiseEventAsync(newest, "go", "y");

            (await run.ResultOfAsync<string>(old)).ShouldBe("1:x");
            (await run.ResultOfAsync<string>(newest)).ShouldBe("2:y");
        });

    [Fact]
    public Task Version_Gone_TheInstanceIsParkedAndGoesOnWhenItIsBack() => CheckAsync(
        registry => Flow(registry, "1"),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.RestartEngineAsync(registry => Flow(registry, "2"));
            await run.Client.RaiseEventAsync(id, "go", "x");

            await run.UntilAsync(id, state => (state.Status, state.SuspendReason) == (OrchestrationStatus.Suspended, "version_unavailable"));
            (await run.Client.ResumeAsync(id)).ShouldBeFalse();
            await run.RestartEngineAsync(registry => Flow(registry, "1", "2"));

            (await run.ResultOfAsync<string>(id)).ShouldBe("1:x");
        });

    [Fact]
    public Task Version_GoneAndNothingHappens_TheInstanceNeverNotices() => CheckAsync(
        registry => Flow(registry, "1"),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.RestartEngineAsync(registry => Flow(registry, "2"));
            await run.RestartEngineAsync(registry => Flow(registry, "1", "2"));
            await run.Client.RaiseEventAsync(id, "go", "x");

            (await run.ResultOfAsync<string>(id)).ShouldBe("1:x");
        });

    [Fact]
    public Task Version_GoneForContinueAsNew_ParksBetweenTheGenerations() => CheckAsync(
        registry => registry.Orchestrator<int, string>("flow", (context, _) =>
        {
            context.ContinueAsNew(5, "9");
            return Task.FromResult("");
        }),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.UntilAsync(id, state => state.SuspendReason == "version_unavailable");

            await run.RestartEngineAsync(registry => registry.Orchestrator<int, string>("flow", (context, input) => Task.FromResult($"{context.Version}:{input}"), "9"));

            (await run.ResultOfAsync<string>(id)).ShouldBe("9:5");
        });

    [Fact]
    public Task Version_Gone_TheParkedInstanceCanBeTerminated() => CheckAsync(
        registry => Flow(registry, "1"),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.RestartEngineAsync(registry => Flow(registry, "2"));
            await run.Client.RaiseEventAsync(id, "go", "x");

            (await run.Client.TerminateAsync(id, "no way back")).ShouldBeTrue();

            (await run.EndOfAsync(id)).Status.ShouldBe(OrchestrationStatus.Terminated);
        });

    [Fact]
    public Task Version_GoneAndCancelled_TheCancelIsKnownWhenItIsBack() => CheckAsync(
        registry => Cancellable(registry, "1"),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.RestartEngineAsync(registry => Cancellable(registry, "2"));
            (await run.Client.CancelAsync(id, "stop")).ShouldBeTrue();
            (await run.Client.GetAsync(id))!.Cancel!.Reason.ShouldBe("stop");

            await run.RestartEngineAsync(registry => Cancellable(registry, "1"));

            (await run.ResultOfAsync<string>(id)).ShouldBe("stop");
        });

    [Fact]
    public Task Version_GoneWhileSuspended_AResumeParksIt() => CheckAsync(
        registry => Flow(registry, "1"),
        async run =>
        {
            string id = await run.StartAsync("flow");
            await run.Client.SuspendAsync(id, "lunch");
            await run.RestartEngineAsync(registry => Flow(registry, "2"));

            await run.Client.ResumeAsync(id);

            await run.UntilAsync(id, state => state.SuspendReason == "version_unavailable");
            await run.RestartEngineAsync(registry => Flow(registry, "1"));
            await run.Client.RaiseEventAsync(id, "go", "x");
            (await run.ResultOfAsync<string>(id)).ShouldBe("1:x");
        });

    private static void Flow(DurableRegistry registry, params string[] versions)
    {
        foreach (string version in versions)
            registry.Orchestrator<int, string>("flow", async (context, _) => $"{context.Version}:{await context.WaitForExternalEvent<string>("go")}", version);
    }

    private static void Cancellable(DurableRegistry registry, string version) =>
        registry.Orchestrator<int, string>("flow", async (context, _) => (await context.CancelRequested).Reason ?? "", version);
}
