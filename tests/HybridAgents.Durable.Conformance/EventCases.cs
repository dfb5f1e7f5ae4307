namespace HybridAgents.Durable.Conformance;

/// <summary>External events: buffering, order, names, time-outs.</summary>
public abstract class EventCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Event_BeforeTheWait_IsKept() => CheckAsync(async run =>
    {
        Gate gate = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("late", async (context, _) =>
            {
                await context.CallActivityAsync("hold");
                return await context.WaitForExternalEvent<string>("word");
            })
            .Activity<int?, int>("hold", async (_, _) =>
            {
                await gate.PassAsync();
                return 0;
            }));
        string id = await run.StartAsync("late");
        await gate.Reached;

        await run.Client.RaiseEventAsync(id, "word", "early");
        gate.Open();

        (await run.ResultOfAsync<string>(id)).ShouldBe("early");
    });

    [Fact]
    public Task Event_RightAfterTheStart_IsKept() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener", 1);

        await run.Client.RaiseEventAsync(id, "word", "a");

        (await run.ResultOfAsync<string>(id)).ShouldBe("a");
    });

    [Fact]
    public Task Events_OfOneName_AreReadInOrder() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener", 4);

        foreach (string word in new[] { "a", "b", "c", "d" })
            await run.Client.RaiseEventAsync(id, "word", word);

        (await run.ResultOfAsync<string>(id)).ShouldBe("abcd");
    });

    [Fact]
    public Task Event_NameInOtherCase_IsTheSameName() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener", 2);

        await run.Client.RaiseEventAsync(id, "WORD", "a");
        await run.Client.RaiseEventAsync(id, "Word", "b");

        (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
    });

    [Fact]
    public Task Event_OfAnotherName_WaitsForItsReader() => CheckAsync(
        registry => registry.Orchestrator<int, string>("two", async (context, _) =>
            await context.WaitForExternalEvent<string>("first") + await context.WaitForExternalEvent<string>("second")),
        async run =>
        {
            string id = await run.StartAsync("two");

            await run.Client.RaiseEventAsync(id, "second", "b");
            await run.Client.RaiseEventAsync(id, "first", "a");

            (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
        });

    [Fact]
    public Task Event_WithoutPayload_IsReadAsNull() => CheckAsync(
        registry => registry.Orchestrator<int, bool>("wake", async (context, _) => await context.WaitForExternalEvent<string?>("wake-up") is null),
        async run =>
        {
            string id = await run.StartAsync("wake");

            await run.Client.RaiseEventAsync(id, "wake-up");

            (await run.ResultOfAsync<bool>(id)).ShouldBeTrue();
        });

    [Fact]
    public Task Event_PayloadOfAnotherType_FailsTheReader() => CheckAsync(
        registry => registry.Orchestrator<int, int>("numbers", (context, _) => context.WaitForExternalEvent<int>("number")),
        async run =>
        {
            string id = await run.StartAsync("numbers");

            await run.Client.RaiseEventAsync(id, "number", "seven");

            (await run.EndOfAsync(id)).Failure!.ErrorType.ShouldBe("System.Text.Json.JsonException");
        });

    [Fact]
    public Task Event_PayloadAboveTheBound_IsRefused() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener", 1);

        await Should.ThrowAsync<PayloadTooLargeException>(() => run.Client.RaiseEventAsync(id, "word", new string('x', OrchestrationContext.MaxPayloadBytes)));
    });

    [Fact]
    public Task Event_ForAnUnknownInstance_ThrowsNamingIt() => CheckAsync(Listener, async run =>
        (await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.RaiseEventAsync("nobody", "word"))).InstanceId.ShouldBe("nobody"));

    [Fact]
    public Task Event_ForAnEndedInstance_IsIgnored() => CheckAsync(Listener, async run =>
    {
        await run.RunAsync("listener", 0, "over");

        await run.Client.RaiseEventAsync("over", "word", "late");

        (await run.ResultOfAsync<string>("over")).ShouldBe("");
    });

    [Fact]
    public Task Event_EngineRestarted_IsStillKept() => CheckAsync(Listener, async run =>
    {
        string id = await run.StartAsync("listener", 2);
        await run.Client.RaiseEventAsync(id, "word", "a");

        await run.RestartEngineAsync();
        await run.Client.RaiseEventAsync(id, "word", "b");

        (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
    });

    [Fact]
    public Task WaitWithTimeout_NoEvent_IsCancelledWhenItPasses() => CheckAsync(
        registry => registry.Orchestrator<int, double>("impatient", async (context, _) =>
        {
            DateTimeOffset start = context.CurrentUtcDateTime;
            await Thrown.ByAsync<TaskCanceledException>(context.WaitForExternalEvent<string>("never", TimeSpan.FromMinutes(5)));
            return (context.CurrentUtcDateTime - start).TotalMinutes;
        }),
        async run => (await run.ResultAsync<double>("impatient")).ShouldBeGreaterThanOrEqualTo(5));

    [Fact]
    public Task WaitWithTimeout_EventInTime_EndsAtOnce() => CheckAsync(
        registry => registry.Orchestrator<int, string>("patient", (context, _) => context.WaitForExternalEvent<string>("word", TimeSpan.FromDays(1000))),
        async run =>
        {
            string id = await run.StartAsync("patient");

            await run.Client.RaiseEventAsync(id, "word", "quick");

            OrchestrationState end = await run.UntilAsync(id, state => state.IsTerminal);
            (await run.ResultOfAsync<string>(end.InstanceId)).ShouldBe("quick");
        });

    [Fact]
    public Task Wait_AfterATimeout_GetsTheEventThatCameBetween() => CheckAsync(
        registry => registry.Orchestrator<int, string>("second", async (context, _) =>
        {
            await Thrown.ByAsync<TaskCanceledException>(context.WaitForExternalEvent<string>("word", TimeSpan.FromMinutes(5)));
            context.SetCustomStatus("timed out");
            await context.WaitForExternalEvent<string>("go");
            return await context.WaitForExternalEvent<string>("word", TimeSpan.FromMinutes(5)) + await context.WaitForExternalEvent<string>("word");
        }),
        async run =>
        {
            string id = await run.StartAsync("second");
            await run.UntilAsync(async () =>
            {
                await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(5));
                return !(await run.Client.GetAsync(id))!.CustomStatus.IsNull;
            });

            await run.Client.RaiseEventAsync(id, "word", "a");
            await run.Client.RaiseEventAsync(id, "word", "b");
            await run.Client.RaiseEventAsync(id, "go");

            (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
        });

    [Fact]
    public Task Waits_TwoAtOnceForOneName_ShareTheEventAndMayBothWaitAgain() => CheckAsync(
        registry => registry.Orchestrator<int, string>("pair", async (context, _) =>
        {
            string[] read = await Task.WhenAll(TwiceAsync(), TwiceAsync());
            return string.Join(' ', read);

            async Task<string> TwiceAsync() => await context.WaitForExternalEvent<string>("word") + await context.WaitForExternalEvent<string>("word");
        }),
        async run =>
        {
            string id = await run.StartAsync("pair");

            await run.Client.RaiseEventAsync(id, "word", "a");
            await run.Client.RaiseEventAsync(id, "word", "b");

            (await run.ResultOfAsync<string>(id)).ShouldBe("ab ab");
        });

    private static void Listener(DurableRegistry registry) => registry.Orchestrator<int, string>("listener", async (context, count) =>
    {
        string read = "";
        for (int index = 0; index < count; index++)
            read += await context.WaitForExternalEvent<string>("word");
        return read;
    });
}
