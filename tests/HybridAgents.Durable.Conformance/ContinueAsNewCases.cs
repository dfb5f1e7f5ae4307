namespace HybridAgents.Durable.Conformance;

/// <summary>Generations: what a new one keeps and what it drops.</summary>
public abstract class ContinueAsNewCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task ContinueAsNew_ManyTimes_EachGenerationHasTheNewInputAndAnEmptyHistory() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("counter", async (context, generation) =>
            {
                await context.CallActivityAsync("touch");
                if (generation < 8)
                    context.ContinueAsNew(generation + 1);
                return generation;
            })
            .Function<int?, int>("touch", (_, _) => 0),
        async run =>
        {
            OrchestrationState end = await run.RunAsync("counter", 1);

            end.Output!.Value.As<int>().ShouldBe(8);
            end.Input!.Value.As<int>().ShouldBe(8);
            (await run.Client.GetHistoryAsync(end.InstanceId)).Count(entry => entry.Name == "touch").ShouldBe(1);
        });

    [Fact]
    public Task ContinueAsNew_EventsUnread_AreKeptInOrder() => CheckAsync(
        registry => registry.Orchestrator<int, string>("reader", async (context, generation) =>
        {
            if (generation == 0)
                await context.WaitForExternalEvent<int>("go");
            if (generation < 5)
            {
                context.ContinueAsNew(generation + 1);
                return "";
            }

            return await context.WaitForExternalEvent<string>("word") + await context.WaitForExternalEvent<string>("WORD") + await context.WaitForExternalEvent<string>("word");
        }),
        async run =>
        {
            string id = await run.StartAsync("reader");
            await run.Client.RaiseEventAsync(id, "word", "a");
            await run.Client.RaiseEventAsync(id, "word", "b");
            await run.Client.RaiseEventAsync(id, "go", 1);
            await run.Client.RaiseEventAsync(id, "word", "c");

            (await run.ResultOfAsync<string>(id)).ShouldBe("abc");
        });

    [Fact]
    public Task ContinueAsNew_EventsThroughout_EachIsReadOnceInOrder() => CheckAsync(
        registry => registry.Orchestrator<string, string>("one-each", async (context, read) =>
        {
            read += await context.WaitForExternalEvent<string>("word");
            if (read.Length < 5)
                context.ContinueAsNew(read);
            return read;
        }),
        async run =>
        {
            string id = await run.StartAsync("one-each", "");
            foreach (string word in new[] { "a", "b", "c", "d", "e" })
                await run.Client.RaiseEventAsync(id, "word", word);

            (await run.ResultOfAsync<string>(id)).ShouldBe("abcde");
        });

    [Fact]
    public Task ContinueAsNew_EventForAWaiterThatTimedOut_IsKept() => CheckAsync(
        registry => registry.Orchestrator<int, string>("patient", async (context, generation) =>
        {
            if (generation == 0)
            {
                await Thrown.ByAsync<TaskCanceledException>(context.WaitForExternalEvent<string>("word", TimeSpan.FromMinutes(1)));
                context.SetCustomStatus("timed out");
                await context.WaitForExternalEvent<int>("go");
                context.ContinueAsNew(1);
                return "";
            }

            return await context.WaitForExternalEvent<string>("word") + await context.WaitForExternalEvent<string>("word");
        }),
        async run =>
        {
            string id = await run.StartAsync("patient");
            await run.UntilAsync(async () =>
            {
                await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(1));
                return !(await run.Client.GetAsync(id))!.CustomStatus.IsNull;
            });

            await run.Client.RaiseEventAsync(id, "word", "a");
            await run.Client.RaiseEventAsync(id, "word", "b");
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.ResultOfAsync<string>(id)).ShouldBe("ab");
        });

    [Fact]
    public Task ContinueAsNew_ActivityOutstanding_FailsNamingIt() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("hasty", (context, value) =>
            {
                _ = context.CallActivityAsync("work");
                context.ContinueAsNew(value);
                return Task.FromResult(0);
            })
            .Function<int?, int>("work", (_, _) => 0),
        async run => (await run.RunAsync("hasty")).Failure!.ErrorMessage.ShouldContain("activity 'work' was outstanding"));

    [Fact]
    public Task ContinueAsNew_ChildOutstanding_FailsNamingIt() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("hasty", (context, value) =>
            {
                _ = context.CallSubOrchestratorAsync<int>("child", 0, new("the-child"));
                context.ContinueAsNew(value);
                return Task.FromResult(0);
            })
            .Orchestrator<int, int>("child", (_, _) => Task.FromResult(0)),
        async run => (await run.RunAsync("hasty")).Failure!.ErrorMessage.ShouldContain("'the-child' was outstanding"));

    [Fact]
    public Task ContinueAsNew_ChildIdOfTheGenerationBefore_IsTaken() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("again", async (context, generation) =>
            {
                if (generation > 0)
                    return (await Thrown.ByAsync<TaskFailedException>(context.CallSubOrchestratorAsync<int>("child", 2, new("the-child")))).FailureDetails.ErrorMessage;
                context.ContinueAsNew(await context.CallSubOrchestratorAsync<int>("child", 1, new("the-child")));
                return "";
            })
            .Orchestrator<int, int>("child", (_, value) => Task.FromResult(value)),
        async run => (await run.ResultAsync<string>("again")).ShouldContain("'the-child' already exists"));

    [Fact]
    public Task ContinueAsNew_WaiterOutstanding_Fails() => CheckAsync(
        registry => registry.Orchestrator<int, int>("hasty", (context, value) =>
        {
            _ = context.WaitForExternalEvent<int>("word");
            context.ContinueAsNew(value);
            return Task.FromResult(0);
        }),
        async run => (await run.RunAsync("hasty")).Failure!.ErrorMessage.ShouldContain("waiter was outstanding"));

    [Fact]
    public Task ContinueAsNew_TimerOutstanding_TheNextGenerationIsNotDisturbedByIt() => CheckAsync(
        registry => registry.Orchestrator<int, string>("alarm", async (context, generation) =>
        {
            if (generation == 0)
            {
                _ = context.CreateTimer(TimeSpan.FromMinutes(1));
                context.ContinueAsNew(1);
                return "";
            }

            DateTimeOffset start = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromHours(1));
            return context.CurrentUtcDateTime - start >= TimeSpan.FromHours(1) ? "slept" : "disturbed";
        }),
        async run => (await run.ResultAsync<string>("alarm")).ShouldBe("slept"));

    [Fact]
    public Task ContinueAsNew_WithoutAVersion_KeepsItsOwnThoughANewerIsRegistered() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("flow", Flow, "1")
            .Orchestrator<int, string>("flow", Flow, "2"),
        async run =>
        {
            string id = await run.Client.ScheduleNewAsync("flow", 0, new(Version: "1"));

            (await run.ResultOfAsync<string>(id)).ShouldBe("1");
        });

    [Fact]
    public Task ContinueAsNew_WithAVersion_GoesOnWithThatCode() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("flow", (context, _) =>
            {
                context.ContinueAsNew(1, "2");
                return Task.FromResult("");
            }, "1")
            .Orchestrator<int, string>("flow", (context, input) => Task.FromResult($"version {context.Version}, input {input}"), "2"),
        async run =>
        {
            string id = await run.Client.ScheduleNewAsync("flow", 0, new(Version: "1"));

            (await run.ResultOfAsync<string>(id)).ShouldBe("version 2, input 1");
            (await run.Client.GetAsync(id))!.Version.ShouldBe("2");
        });

    [Fact]
    public Task ContinueAsNew_IdStatusAndCreationTime_Stay() => CheckAsync(
        registry => registry.Orchestrator<int, int>("flow", async (context, generation) =>
        {
            if (generation > 0)
                return generation;
            context.SetCustomStatus("from the first");
            await context.CreateTimer(TimeSpan.FromHours(1));
            context.ContinueAsNew(1);
            return 0;
        }),
        async run =>
        {
            OrchestrationState end = await run.RunAsync("flow", 0, "same");

            end.CustomStatus.As<string>().ShouldBe("from the first");
            (end.LastUpdatedAt - end.CreatedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(1));
        });

    [Fact]
    public Task ContinueAsNew_NewGuid_DiffersFromTheGenerationBefore() => CheckAsync(
        registry => registry.Orchestrator<string, string[]>("ids", (context, before) =>
        {
            string own = context.NewGuid().ToString();
            if (before.Length == 0)
                context.ContinueAsNew(own);
            return Task.FromResult<string[]>([before, own]);
        }),
        async run => (await run.ResultAsync<string[]>("ids", "")).ShouldBeUnique());

    [Fact]
    public Task ContinueAsNew_InputAboveTheBound_Fails() => CheckAsync(
        registry => registry.Orchestrator<string, int>("growing", (context, text) =>
        {
            context.ContinueAsNew(text + text);
            return Task.FromResult(text.Length);
        }),
        async run => (await run.RunAsync("growing", "xx")).Failure!.ErrorType.ShouldBe(typeof(PayloadTooLargeException).FullName));

    [Fact]
    public Task ContinueAsNew_AfterACancel_TheNextGenerationKnowsOfIt() => CheckAsync(
        registry => registry.Orchestrator<int, string>("deaf", async (context, generation) =>
        {
            if (generation > 0)
                return context.CancelRequested.IsCompleted ? context.CancelRequested.Result.Reason ?? "" : "never heard";
            await context.WaitForExternalEvent<int>("go");
            context.ContinueAsNew(1);
            return "";
        }),
        async run =>
        {
            string id = await run.StartAsync("deaf");
            await run.Client.CancelAsync(id, "stop");
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.ResultOfAsync<string>(id)).ShouldBe("stop");
        });

    [Fact]
    public Task ContinueAsNew_AfterACancel_ActivitiesOfTheNextGenerationAreNotCancelled() => CheckAsync(
        registry => registry
            .Orchestrator<int, bool>("deaf", async (context, generation) =>
            {
                if (generation > 0)
                    return await context.CallActivityAsync<bool>("is-cancelled") || await context.CallActivityAsync<bool>("is-cancelled");
                await context.WaitForExternalEvent<int>("go");
                context.ContinueAsNew(1);
                return false;
            })
            .Function<int?, bool>("is-cancelled", (context, _) => context.CancellationToken.IsCancellationRequested),
        async run =>
        {
            string id = await run.StartAsync("deaf");
            await run.Client.CancelAsync(id, "stop");
            await run.Client.RaiseEventAsync(id, "go", 1);

            (await run.ResultOfAsync<bool>(id)).ShouldBeFalse();
        });

    private static Task<string> Flow(OrchestrationContext context, int generation)
    {
        if (generation == 0)
            context.ContinueAsNew(1);
        return Task.FromResult(context.Version);
    }
}
