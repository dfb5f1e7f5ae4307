namespace HybridAgents.Durable.Conformance;

/// <summary>Cooperative cancel.</summary>
public abstract class CancelCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Cancel_RunningActivity_ItsTokenFiresAndItReturnsWhatItHas() => CheckAsync(async run =>
    {
        Gate gate = new();
        await run.StartEngineAsync(registry => Streaming(registry, gate));
        string id = await run.StartAsync("streaming");
        await gate.Reached;

        (await run.Client.CancelAsync(id, "enough")).ShouldBeTrue();

        (await run.ResultOfAsync<string>(id)).ShouldBe("partial (RunCancelled), enough");
    });

    [Fact]
    public Task Cancel_ActivityDecidedAfterwards_RunsUndisturbed() => CheckAsync(
        registry => registry
            .Orchestrator<int, bool>("tidy", async (context, _) =>
            {
                await context.CancelRequested;
                return await context.CallActivityAsync<bool>("clean-up") || await context.CallActivityAsync<bool>("clean-up");
            })
            .Function<int?, bool>("clean-up", (context, _) => context.CancellationToken.IsCancellationRequested),
        async run =>
        {
            string id = await run.StartAsync("tidy");
            await run.Client.CancelAsync(id);

            (await run.ResultOfAsync<bool>(id)).ShouldBeFalse();
        });

    [Fact]
    public Task Cancel_Twice_TheFirstReasonStays() => CheckAsync(
        registry => registry.Orchestrator<int, string>("slow", async (context, _) =>
        {
            await context.WaitForExternalEvent<int>("go");
            return (await context.CancelRequested).Reason ?? "";
        }),
        async run =>
        {
            string id = await run.StartAsync("slow");
            (await run.Client.CancelAsync(id, "first")).ShouldBeTrue();
            (await run.Client.CancelAsync(id, "second")).ShouldBeTrue();
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.ResultOfAsync<string>(id)).ShouldBe("first");
            (await run.Client.GetAsync(id))!.Cancel!.Reason.ShouldBe("first");
        });

    [Fact]
    public Task Cancel_IsAskedFor_TheStateShowsReasonAndTime() => CheckAsync(
        registry => registry.Orchestrator<int, int>("waiting", (context, _) => context.WaitForExternalEvent<int>("never")),
        async run =>
        {
            string id = await run.StartAsync("waiting");
            DateTimeOffset before = run.Engine.Now;
            await run.Client.CancelAsync(id, "stop");

            CancelRequest cancel = (await run.Client.GetAsync(id))!.Cancel.ShouldNotBeNull();
            cancel.Reason.ShouldBe("stop");
            cancel.RequestedAt.ShouldBeInRange(before, run.Engine.Now);
        });

    [Fact]
    public Task Cancel_CodeThatIgnoresIt_CompletesAsIfNothingHadBeen() => CheckAsync(
        registry => registry.Orchestrator<int, string>("stubborn", (context, _) => context.WaitForExternalEvent<string>("word")),
        async run =>
        {
            string id = await run.StartAsync("stubborn");
            await run.Client.CancelAsync(id);
            await run.Client.RaiseEventAsync(id, "word", "done");

            (await run.ResultOfAsync<string>(id)).ShouldBe("done");
        });

    [Fact]
    public Task Cancel_SuspendedInstance_ResumesIt() => CheckAsync(Obedient, async run =>
    {
        string id = await run.StartAsync("obedient");
        await run.Client.SuspendAsync(id);

        await run.Client.CancelAsync(id, "stop");

        (await run.ResultOfAsync<string>(id)).ShouldBe("stop");
    });

    [Fact]
    public Task Cancel_SuspendedInstanceWithEventsWaiting_IsSeenBeforeThem() => CheckAsync(
        registry => registry.Orchestrator<int, bool>("reader", async (context, _) =>
        {
            await context.WaitForExternalEvent<int>("word");
            return context.CancelRequested.IsCompleted;
        }),
        async run =>
        {
            string id = await run.StartAsync("reader");
            await run.Client.SuspendAsync(id);
            await run.Client.RaiseEventAsync(id, "word", 1);

            await run.Client.CancelAsync(id);

            (await run.ResultOfAsync<bool>(id)).ShouldBeTrue();
        });

    [Fact]
    public Task Cancel_Parent_ReachesChildrenAndTheirChildren() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("top", (context, _) => context.CallSubOrchestratorAsync<string>("middle", 0))
            .Orchestrator<int, string>("middle", (context, _) => context.CallSubOrchestratorAsync<string>("obedient", 0, new("bottom")))
            .Orchestrator<int, string>("obedient", async (context, _) => (await context.CancelRequested).Reason ?? ""),
        async run =>
        {
            string id = await run.StartAsync("top");
            await run.UntilAsync("bottom", state => state.Status == OrchestrationStatus.Running);

            await run.Client.CancelAsync(id, "stop all");

            (await run.ResultOfAsync<string>(id)).ShouldBe("stop all");
        });

    [Fact]
    public Task Cancel_BeforeTheChildIsStarted_TheChildIsBornCancelled() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
            {
                await context.WaitForExternalEvent<int>("go");
                return await context.CallSubOrchestratorAsync<string>("obedient", 0);
            })
            .Orchestrator<int, string>("obedient", async (context, _) => (await context.CancelRequested).Reason ?? ""),
        async run =>
        {
            string id = await run.StartAsync("parent");
            await run.Client.CancelAsync(id, "stop");
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.ResultOfAsync<string>(id)).ShouldBe("stop");
        });

    [Fact]
    public Task Cancel_EndedInstance_ReturnsFalseAndLeavesIt() => CheckAsync(
        registry => registry.Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)),
        async run =>
        {
            await run.RunAsync("echo", 1, "over");

            (await run.Client.CancelAsync("over")).ShouldBeFalse();

            (await run.Client.GetAsync("over"))!.Cancel.ShouldBeNull();
        });

    [Fact]
    public Task Cancel_UnknownInstance_Throws() => CheckAsync(Obedient, async run =>
        await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.CancelAsync("nobody")));

    [Fact]
    public Task Cancel_ActivityThatDoesNotWatchItsToken_CanAskWhyItFired() => CheckAsync(async run =>
    {
        Gate gate = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("deaf", (context, _) => context.CallActivityAsync<string>("work"))
            .Activity<int?, string>("work", async (context, _) =>
            {
                await gate.PassAsync();
                return context.Cancellation.ToString();
            }));
        string id = await run.StartAsync("deaf");
        await gate.Reached;
        await run.Client.CancelAsync(id);

        gate.Open();

        (await run.ResultOfAsync<string>(id)).ShouldBe("RunCancelled");
    });

    private static void Streaming(DurableRegistry registry, Gate gate) => registry
        .Orchestrator<int, string>("streaming", async (context, _) => $"{await context.CallActivityAsync<string>("stream")}, {(await context.CancelRequested).Reason}")
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
        });

    private static void Obedient(DurableRegistry registry) =>
        registry.Orchestrator<int, string>("obedient", async (context, _) => (await context.CancelRequested).Reason ?? "");
}
