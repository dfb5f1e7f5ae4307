namespace HybridAgents.Durable.Conformance;

/// <summary>Starting, watching and querying.</summary>
public abstract class ClientCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Start_WithoutAnId_TakesOneThatIsFree() => CheckAsync(Echo, async run =>
    {
        string one = await run.StartAsync("echo", 1);
        string other = await run.StartAsync("echo", 2);

        one.ShouldNotBe(other);
        (await run.ResultOfAsync<int>(one)).ShouldBe(1);
        (await run.ResultOfAsync<int>(other)).ShouldBe(2);
    });

    [Fact]
    public Task Start_IdTaken_IsRejectedWhateverTheOthersStatus() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 1, "ended");
        await run.StartAsync("waiting", 0, "running");

        (await Should.ThrowAsync<InstanceAlreadyExistsException>(() => run.StartAsync("echo", 2, "ended"))).InstanceId.ShouldBe("ended");
        await Should.ThrowAsync<InstanceAlreadyExistsException>(() => run.StartAsync("echo", 2, "running"));
        (await run.ResultOfAsync<int>("ended")).ShouldBe(1);
    });

    [Fact]
    public Task Start_IdTakenAndKept_LeavesTheOther() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 1, "same");

        (await run.Client.ScheduleNewAsync("echo", 2, new("same", Duplicates: DuplicateIdPolicy.KeepExisting))).ShouldBe("same");

        (await run.ResultOfAsync<int>("same")).ShouldBe(1);
    });

    [Fact]
    public Task Start_ManyAtOnceWithOneId_ExactlyOneWins() => CheckAsync(Echo, async run =>
    {
        Task<string>[] starts = [.. Enumerable.Range(0, 8).Select(index => run.Client.ScheduleNewAsync("echo", index, new("same", Duplicates: DuplicateIdPolicy.KeepExisting)))];
        await Task.WhenAll(starts);

        int result = await run.ResultOfAsync<int>("same");
        (await run.Client.GetAsync("same", fetchPayloads: true))!.Input!.Value.As<int>().ShouldBe(result);
    });

    [Fact]
    public Task Start_NotRegistered_IsRefusedNamingIt() => CheckAsync(Echo, async run =>
    {
        (await Should.ThrowAsync<ArgumentException>(() => run.StartAsync("nowhere"))).Message.ShouldContain("'nowhere'");
        (await Should.ThrowAsync<ArgumentException>(() => run.Client.ScheduleNewAsync("echo", 0, new(Version: "9")))).Message.ShouldContain("'9'");
    });

    [Fact]
    public Task Start_InputAboveTheBound_IsRefused() => CheckAsync(Echo, async run =>
    {
        await Should.ThrowAsync<PayloadTooLargeException>(() => run.StartAsync("echo", new string('x', OrchestrationContext.MaxPayloadBytes), "big"));

        (await run.Client.GetAsync("big")).ShouldBeNull();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public Task Start_IdOfAbsurdLength_IsRefused(int length) => CheckAsync(Echo, async run =>
        await Should.ThrowAsync<ArgumentException>(() => run.StartAsync("echo", 0, new string('x', length))));

    [Fact]
    public Task Get_Unknown_IsNull() => CheckAsync(Echo, async run => (await run.Client.GetAsync("nobody")).ShouldBeNull());

    [Fact]
    public Task Get_Payloads_AreReadWhenAskedForOnly() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 7, "one");

        OrchestrationState without = (await run.Client.GetAsync("one"))!;
        OrchestrationState with = (await run.Client.GetAsync("one", fetchPayloads: true))!;

        (without.Input, without.Output).ShouldBe((null, null));
        with.Input!.Value.As<int>().ShouldBe(7);
        with.Output!.Value.As<int>().ShouldBe(7);
    });

    [Fact]
    public Task Get_Ended_NamesOrchestratorVersionAndTimes() => CheckAsync(Echo, async run =>
    {
        DateTimeOffset before = run.Engine.Now;
        OrchestrationState end = await run.RunAsync("echo", 7);

        (end.Name, end.Version, end.Status, end.Failure).ShouldBe(("echo", "1", OrchestrationStatus.Completed, null));
        end.CreatedAt.ShouldBeInRange(before, run.Engine.Now);
        end.LastUpdatedAt.ShouldBeGreaterThanOrEqualTo(end.CreatedAt);
    });

    [Fact]
    public Task WaitForCompletion_Unknown_IsNull() => CheckAsync(Echo, async run => (await run.Client.WaitForCompletionAsync("nobody")).ShouldBeNull());

    [Fact]
    public Task WaitForCompletion_TokenFires_EndsTheWaitAndNotTheInstance() => CheckAsync(Echo, async run =>
    {
        string id = await run.StartAsync("waiting");
        using CancellationTokenSource stop = new();
        Task<OrchestrationState?> wait = run.Client.WaitForCompletionAsync(id, cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(wait);

        await run.Client.RaiseEventAsync(id, "word", "on");
        (await run.ResultOfAsync<string>(id)).ShouldBe("on");
    });

    [Fact]
    public Task CustomStatus_SetTwice_TheLastIsSeenAlsoAfterTheEnd() => CheckAsync(
        registry => registry.Orchestrator<int, int>("talkative", async (context, _) =>
        {
            context.SetCustomStatus(new { Progress = 0.5 });
            await context.WaitForExternalEvent<int>("go");
            context.SetCustomStatus("soon");
            context.SetCustomStatus("done");
            return 1;
        }),
        async run =>
        {
            string id = await run.StartAsync("talkative");
            (await run.UntilAsync(id, state => !state.CustomStatus.IsNull)).CustomStatus.ToString().ShouldBe("""{"progress":0.5}""");
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.EndOfAsync(id)).CustomStatus.As<string>().ShouldBe("done");
        });

    [Fact]
    public Task CustomStatus_AboveTheBound_IsRefusedInTheOrchestrator() => CheckAsync(
        registry => registry.Orchestrator<int, string>("verbose", (context, size) =>
            Task.FromResult(Should.Throw<PayloadTooLargeException>(() => context.SetCustomStatus(new string('x', size))).Message)),
        async run => (await run.ResultAsync<string>("verbose", OrchestrationContext.MaxCustomStatusBytes)).ShouldContain("at most 1024 bytes"));

    [Fact]
    public Task Result_AboveTheBound_FailsTheInstance() => CheckAsync(
        registry => registry.Orchestrator<int, string>("verbose", (_, size) => Task.FromResult(new string('x', size))),
        async run => (await run.RunAsync("verbose", OrchestrationContext.MaxPayloadBytes)).Failure!.ErrorType.ShouldBe(typeof(PayloadTooLargeException).FullName));

    [Fact]
    public Task Query_Pages_ReturnEveryMatchOnceInOrderOfIds() => CheckAsync(Echo, async run =>
    {
        foreach (int index in new[] { 4, 0, 3, 1, 2 })
            await run.RunAsync("echo", index, $"run-{index}");
        await run.RunAsync("echo", 0, "other");

        List<string> seen = [];
        string? token = null;
        do
        {
            OrchestrationPage page = await run.Client.QueryAsync(new() { InstanceIdPrefix = "run-", PageSize = 2, ContinuationToken = token });
            page.Instances.Count.ShouldBeInRange(1, 2);
            seen.AddRange(page.Instances.Select(instance => instance.InstanceId));
            token = page.ContinuationToken;
        }
        while (token is not null);

        seen.ShouldBe(["run-0", "run-1", "run-2", "run-3", "run-4"]);
    });

    [Fact]
    public Task Query_ByStatusAndName_ReturnsThose() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 1, "ended");
        await run.StartAsync("waiting", 0, "w1");
        await run.StartAsync("waiting", 0, "w2");
        await run.Client.SuspendAsync("w2");

        (await IdsAsync(new() { Statuses = [OrchestrationStatus.Completed] })).ShouldBe(["ended"]);
        (await IdsAsync(new() { Statuses = [OrchestrationStatus.Running, OrchestrationStatus.Suspended] })).ShouldBe(["w1", "w2"]);
        (await IdsAsync(new() { Name = "waiting", Statuses = [OrchestrationStatus.Suspended] })).ShouldBe(["w2"]);
        (await IdsAsync(new() { Name = "nowhere" })).ShouldBeEmpty();

        async Task<IEnumerable<string>> IdsAsync(OrchestrationQuery query) => (await run.Client.QueryAsync(query)).Instances.Select(instance => instance.InstanceId);
    });

    [Fact]
    public Task Query_ByCreationTime_TakesFromAndLeavesTo() => CheckAsync(Echo, async run =>
    {
        DateTimeOffset[] created = new DateTimeOffset[3];
        for (int index = 0; index < 3; index++)
        {
            created[index] = (await run.RunAsync("echo", index, $"run-{index}")).CreatedAt;
            await run.Engine.PassTimeAsync(TimeSpan.FromHours(1));
        }

        OrchestrationPage page = await run.Client.QueryAsync(new() { CreatedFrom = created[1], CreatedTo = created[2] });

        page.Instances.ShouldHaveSingleItem().InstanceId.ShouldBe("run-1");
    });

    [Fact]
    public Task Query_Payloads_AreReadWhenAskedForOnly() => CheckAsync(Echo, async run =>
    {
        await run.RunAsync("echo", 5, "one");

        (await run.Client.QueryAsync(new())).Instances[0].Output.ShouldBeNull();
        (await run.Client.QueryAsync(new() { FetchPayloads = true })).Instances[0].Output!.Value.As<int>().ShouldBe(5);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public Task Query_PageSizeOutOfRange_IsRefused(int size) => CheckAsync(Echo, async run =>
        (await Should.ThrowAsync<ArgumentException>(() => run.Client.QueryAsync(new() { PageSize = size }))).Message.ShouldContain("1 to 1000"));

    private static void Echo(DurableRegistry registry) => registry
        .Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value))
        .Orchestrator<int, string>("waiting", (context, _) => context.WaitForExternalEvent<string>("word"));
}
