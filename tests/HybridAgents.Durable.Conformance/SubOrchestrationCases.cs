namespace HybridAgents.Durable.Conformance;

/// <summary>Orchestrations that run others.</summary>
public abstract class SubOrchestrationCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task CallSubOrchestrator_Completing_ReturnsItsResult() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("parent", async (context, value) => await context.CallSubOrchestratorAsync<int>("child", value) + 1)
            .Orchestrator<int, int>("child", (context, value) => context.CallActivityAsync<int>("double", value))
            .Function<int, int>("double", (_, value) => value * 2),
        async run => (await run.ResultAsync<int>("parent", 20)).ShouldBe(41));

    [Fact]
    public Task CallSubOrchestrator_Failing_ThrowsItsFailureIntoTheParent() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
            {
                TaskFailedException failure = await Thrown.ByAsync<TaskFailedException>(context.CallSubOrchestratorAsync<string>("child"));
                return $"{failure.TaskName}: {failure.FailureDetails.ErrorType}: {failure.FailureDetails.ErrorMessage}";
            })
            .Orchestrator<int?, string>("child", (_, _) => throw new InvalidOperationException("child broke")),
        async run => (await run.ResultAsync<string>("parent")).ShouldBe("child: System.InvalidOperationException: child broke"));

    [Fact]
    public Task CallSubOrchestrator_FailingDeepDown_TheFailuresLieInsideEachOther() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("top", (context, _) => context.CallSubOrchestratorAsync<int>("middle", 0))
            .Orchestrator<int, int>("middle", (context, _) => context.CallSubOrchestratorAsync<int>("bottom", 0))
            .Orchestrator<int, int>("bottom", (context, _) => context.CallActivityAsync<int>("broken"))
            .Function<int?, int>("broken", (_, _) => throw new TimeoutException("deep")),
        async run => (await run.RunAsync("top")).Failure!.InnerFailure!.InnerFailure!.InnerFailure!.IsCausedBy<TimeoutException>().ShouldBeTrue());

    [Fact]
    public Task CallSubOrchestrator_WithAnId_TheChildHasItAndKnowsItsParent() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", (context, _) => context.CallSubOrchestratorAsync<string>("child", 0, new("the-child")))
            .Orchestrator<int, string>("child", (context, _) => Task.FromResult($"{context.InstanceId} of {context.ParentInstanceId}")),
        async run =>
        {
            (await run.ResultAsync<string>("parent", 0, "the-parent")).ShouldBe("the-child of the-parent");

            (await run.Client.GetAsync("the-child"))!.ParentInstanceId.ShouldBe("the-parent");
            (await run.Client.GetAsync("the-parent"))!.ParentInstanceId.ShouldBeNull();
        });

    [Fact]
    public Task CallSubOrchestrator_WithoutAnId_TheChildsBeginsWithTheParents() => CheckAsync(
        registry => registry
            .Orchestrator<int, string[]>("parent", async (context, _) => await Task.WhenAll(context.CallSubOrchestratorAsync<string>("child", 0), context.CallSubOrchestratorAsync<string>("child", 0)))
            .Orchestrator<int, string>("child", (context, _) => Task.FromResult(context.InstanceId)),
        async run =>
        {
            string[] ids = (await run.ResultAsync<string[]>("parent", 0, "the-parent"))!;

            ids.ShouldBeUnique();
            ids.ShouldAllBe(id => id.StartsWith("the-parent:", StringComparison.Ordinal));
        });

    [Fact]
    public Task CallSubOrchestrator_NotRegistered_FailsTheCallNamingIt() => CheckAsync(
        registry => registry.Orchestrator<int, int>("parent", (context, _) => context.CallSubOrchestratorAsync<int>("nowhere")),
        async run => (await run.RunAsync("parent")).Failure!.ErrorMessage.ShouldContain("'nowhere'"));

    [Fact]
    public Task CallSubOrchestrator_IdTaken_FailsTheCallAndLeavesTheOtherAlone() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("parent", (context, _) => context.CallSubOrchestratorAsync<int>("echo", 2, new("taken")))
            .Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)),
        async run =>
        {
            await run.RunAsync("echo", 1, "taken");

            (await run.RunAsync("parent")).Failure!.ErrorMessage.ShouldContain("'taken' already exists");
            (await run.ResultOfAsync<int>("taken")).ShouldBe(1);
        });

    [Fact]
    public Task CallSubOrchestrator_ChildTerminated_FailsTheCall() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
                (await Thrown.ByAsync<TaskFailedException>(context.CallSubOrchestratorAsync<int>("child", 0, new("the-child")))).FailureDetails.ErrorMessage)
            .Orchestrator<int, int>("child", (context, _) => context.WaitForExternalEvent<int>("never")),
        async run =>
        {
            string id = await run.StartAsync("parent");
            await run.UntilAsync("the-child", state => state.Status == OrchestrationStatus.Running);

            await run.Client.TerminateAsync("the-child", "enough of it");

            (await run.ResultOfAsync<string>(id)).ShouldBe("enough of it");
        });

    [Fact]
    public Task CallSubOrchestrator_FanOut_OneFailingLosesNoOther() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, count) =>
            {
                Task<int>[] children = [.. Enumerable.Range(0, count).Select(index => context.CallSubOrchestratorAsync<int>("child", index))];
                await Thrown.ByAsync<TaskFailedException>(Task.WhenAll(children));
                return string.Join(' ', children.Select(child => child.IsCompletedSuccessfully ? $"{child.Result}" : "-"));
            })
            .Orchestrator<int, int>("child", (_, value) => value == 2 ? throw new InvalidOperationException("bad luck") : Task.FromResult(value)),
        async run => (await run.ResultAsync<string>("parent", 5)).ShouldBe("0 1 - 3 4"));

    [Fact]
    public Task CallSubOrchestrator_WithAVersion_RunsThatOne() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, _) =>
                await context.CallSubOrchestratorAsync<string>("child", 0, new(Version: "1")) + await context.CallSubOrchestratorAsync<string>("child", 0))
            .Orchestrator<int, string>("child", (context, _) => Task.FromResult(context.Version), "1")
            .Orchestrator<int, string>("child", (context, _) => Task.FromResult(context.Version), "2"),
        async run => (await run.ResultAsync<string>("parent")).ShouldBe("12"));

    [Fact]
    public Task CallSubOrchestrator_NotAwaited_TheChildOutlivesTheParent() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", async (context, input) =>
            {
                _ = context.CallSubOrchestratorAsync<string>("child", 0, new("the-child"));
                await context.WaitForExternalEvent<int>("done");
                return "gone";
            })
            .Orchestrator<int, string>("child", (context, _) => context.WaitForExternalEvent<string>("word")),
        async run =>
        {
            string id = await run.StartAsync("parent");
            await run.UntilAsync("the-child", state => state.Status == OrchestrationStatus.Running);
            await run.Client.RaiseEventAsync(id, "done", 1);
            (await run.ResultOfAsync<string>(id)).ShouldBe("gone");

            await run.Client.RaiseEventAsync("the-child", "word", "still here");

            (await run.ResultOfAsync<string>("the-child")).ShouldBe("still here");
        });

    [Fact]
    public Task CallSubOrchestrator_InTheLastTurn_TheChildIsStarted() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("parent", (context, input) =>
            {
                _ = context.CallSubOrchestratorAsync<string>("child", 0, new("the-child"));
                return Task.FromResult("gone");
            })
            .Orchestrator<int, string>("child", (_, _) => Task.FromResult("here")),
        async run =>
        {
            (await run.ResultAsync<string>("parent")).ShouldBe("gone");

            await run.UntilAsync("the-child", state => state.Status == OrchestrationStatus.Completed);
        });
}
