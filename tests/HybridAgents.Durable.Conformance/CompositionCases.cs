namespace HybridAgents.Durable.Conformance;

/// <summary>WhenAny and WhenAll over every kind of task.</summary>
public abstract class CompositionCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task WhenAll_ActivityTimerEventAndChild_HasAllResults() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("everything", async (context, _) =>
            {
                Task<int> activity = context.CallActivityAsync<int>("one");
                Task<int> child = context.CallSubOrchestratorAsync<int>("two", 0);
                Task<int> word = context.WaitForExternalEvent<int>("three");
                Task timer = context.CreateTimer(TimeSpan.FromMinutes(1));
                await Task.WhenAll(activity, child, word, timer);
                return $"{activity.Result} {child.Result} {word.Result}";
            })
            .Orchestrator<int, int>("two", (_, _) => Task.FromResult(2))
            .Function<int?, int>("one", (_, _) => 1),
        async run =>
        {
            string id = await run.StartAsync("everything");
            await run.Client.RaiseEventAsync(id, "three", 3);

            (await run.ResultOfAsync<string>(id)).ShouldBe("1 2 3");
        });

    [Fact]
    public Task WhenAll_OneFailing_WaitsForTheOthersAndThrows() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("mixed", async (context, _) =>
            {
                Task<string>[] calls = [.. new[] { "a", "bad", "c" }.Select(name => context.CallActivityAsync<string>("work", name))];
                TaskFailedException failure = await Thrown.ByAsync<TaskFailedException>(Task.WhenAll(calls));
                return $"{calls.Count(call => call.IsCompletedSuccessfully)} {failure.FailureDetails.ErrorMessage}";
            })
            .Function<string, string>("work", (_, name) => name == "bad" ? throw new InvalidOperationException("bad luck") : name),
        async run => (await run.ResultAsync<string>("mixed")).ShouldBe("2 bad luck"));

    [Fact]
    public Task WhenAny_ActivityBeforeTimer_TheActivityWins() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("race", async (context, _) =>
            {
                using CancellationTokenSource stop = new();
                Task<string> work = context.CallActivityAsync<string>("work");
                Task timer = context.CreateTimer(TimeSpan.FromDays(10_000), stop.Token);
                bool won = await Task.WhenAny(work, timer) == work;
                stop.Cancel();
                return $"{won} {work.Result} {timer.IsCanceled}";
            })
            .Function<int?, string>("work", (_, _) => "done"),
        async run => (await run.ResultAsync<string>("race")).ShouldBe("True done True"));

    [Fact]
    public Task WhenAny_TimerBeforeActivity_TheTimerWinsAndTheActivityCanStillBeAwaited() => CheckAsync(async run =>
    {
        Gate gate = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, string>("race", async (context, _) =>
            {
                Task<string> work = context.CallActivityAsync<string>("work");
                Task timer = context.CreateTimer(TimeSpan.FromMinutes(1));
                bool won = await Task.WhenAny(work, timer) == timer;
                context.SetCustomStatus("late");
                return $"{won} {await work}";
            })
            .Activity<int?, string>("work", async (_, _) =>
            {
                await gate.PassAsync();
                return "done";
            }));
        string id = await run.StartAsync("race");
        await gate.Reached;
        await run.UntilAsync(async () =>
        {
            await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(1));
            return !(await run.Client.GetAsync(id))!.CustomStatus.IsNull;
        });

        gate.Open();

        (await run.ResultOfAsync<string>(id)).ShouldBe("True done");
    });

    [Fact]
    public Task WhenAny_EventBeforeTimer_TheEventWins() => CheckAsync(
        registry => registry.Orchestrator<int, string>("approval", async (context, _) =>
        {
            Task<bool> answer = context.WaitForExternalEvent<bool>("approve");
            Task deadline = context.CreateTimer(TimeSpan.FromDays(10_000));
            return await Task.WhenAny(answer, deadline) == answer ? $"answered {answer.Result}" : "escalated";
        }),
        async run =>
        {
            string id = await run.StartAsync("approval");
            await run.Client.RaiseEventAsync(id, "approve", true);

            (await run.ResultOfAsync<string>(id)).ShouldBe("answered True");
        });

    [Fact]
    public Task WhenAny_TimerBeforeEvent_TheTimerWins() => CheckAsync(
        registry => registry.Orchestrator<int, string>("approval", async (context, _) =>
        {
            Task<bool> answer = context.WaitForExternalEvent<bool>("approve");
            Task deadline = context.CreateTimer(TimeSpan.FromDays(1));
            return await Task.WhenAny(answer, deadline) == answer ? $"answered {answer.Result}" : "escalated";
        }),
        async run =>
        {
            string id = await run.StartAsync("approval");
            await run.UntilAsync(async () =>
            {
                await run.Engine.PassTimeAsync(TimeSpan.FromDays(1));
                return (await run.Client.GetAsync(id))!.IsTerminal;
            });

            (await run.ResultOfAsync<string>(id)).ShouldBe("escalated");
        });

    [Fact]
    public Task WhenAny_InALoop_TakesEachInOrderOfCompletion() => CheckAsync(
        registry => registry.Orchestrator<int, string>("gather", async (context, _) =>
        {
            List<Task<string>> open = [.. new[] { "a", "b", "c" }.Select(name => context.WaitForExternalEvent<string>(name))];
            string order = "";
            while (open.Count > 0)
            {
                Task<string> next = await Task.WhenAny(open);
                open.Remove(next);
                order += next.Result;
            }

            return order;
        }),
        async run =>
        {
            string id = await run.StartAsync("gather");
            foreach (string name in new[] { "c", "a", "b" })
                await run.Client.RaiseEventAsync(id, name, name);

            (await run.ResultOfAsync<string>(id)).ShouldBe("cab");
        });

    [Fact]
    public Task WhenAll_OfWhenAnys_Nests() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("nested", async (context, _) =>
            {
                Task<Task<int>> left = Task.WhenAny(context.CallActivityAsync<int>("echo", 1), NeverAsync(context));
                Task<Task<int>> right = Task.WhenAny(NeverAsync(context), context.CallSubOrchestratorAsync<int>("child", 2));
                Task<int>[] first = await Task.WhenAll(left, right);
                return first.Sum(task => task.Result);
            })
            .Orchestrator<int, int>("child", (context, value) => context.CallActivityAsync<int>("echo", value))
            .Function<int, int>("echo", (_, value) => value),
        async run => (await run.ResultAsync<int>("nested")).ShouldBe(3));

    [Fact]
    public Task AsyncHelpers_RunningSideBySide_EachKeepsItsOwnOrder() => CheckAsync(
        registry => registry
            .Orchestrator<int, string[]>("lanes", async (context, _) =>
            {
                return await Task.WhenAll(LaneAsync("a"), LaneAsync("b"), LaneAsync("c"));

                async Task<string> LaneAsync(string name)
                {
                    string path = "";
                    for (int step = 0; step < 3; step++)
                        path += await context.CallActivityAsync<string>("step", $"{name}{step} ");
                    return path;
                }
            })
            .Function<string, string>("step", (_, name) => name),
        async run => (await run.ResultAsync<string[]>("lanes")).ShouldBe(["a0 a1 a2 ", "b0 b1 b2 ", "c0 c1 c2 "]));

    [Fact]
    public Task WhenAny_ChildBeforeTimerAndEvent_TheChildWins() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("race", async (context, _) =>
            {
                Task<int> child = context.CallSubOrchestratorAsync<int>("child", 7);
                Task timer = context.CreateTimer(TimeSpan.FromDays(10_000));
                Task<int> never = NeverAsync(context);
                Task first = await Task.WhenAny(timer, never, child);
                return $"{first == child} {child.Result} {timer.IsCompleted} {never.IsCompleted}";
            })
            .Orchestrator<int, int>("child", (context, value) => context.CallActivityAsync<int>("echo", value))
            .Function<int, int>("echo", (_, value) => value),
        async run => (await run.ResultAsync<string>("race")).ShouldBe("True 7 False False"));

    [Fact]
    public Task WhenAny_FailingActivityFirst_ItWinsAndIsThrownWhenAwaited() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("race", async (context, _) =>
            {
                Task<int> bad = context.CallActivityAsync<int>("bad");
                Task<int> never = NeverAsync(context);
                Task<int> first = await Task.WhenAny(never, bad);
                TaskFailedException failure = await Thrown.ByAsync<TaskFailedException>(first);
                return $"{first == bad} {failure.FailureDetails.ErrorMessage}";
            })
            .Function<int?, int>("bad", (_, _) => throw new InvalidOperationException("bad luck")),
        async run => (await run.ResultAsync<string>("race")).ShouldBe("True bad luck"));

    [Fact]
    public Task WhenAny_CancelBeforeEvent_TheCancelWins() => CheckAsync(
        registry => registry.Orchestrator<int, string>("race", async (context, _) =>
        {
            Task<int> never = NeverAsync(context);
            Task first = await Task.WhenAny(never, context.CancelRequested);
            return first == context.CancelRequested ? $"cancelled: {context.CancelRequested.Result.Reason}" : "not cancelled";
        }),
        async run =>
        {
            string id = await run.StartAsync("race");
            await run.Client.CancelAsync(id, "no longer needed");

            (await run.ResultOfAsync<string>(id)).ShouldBe("cancelled: no longer needed");
        });

    [Fact]
    public Task WhenAny_OfWhenAlls_TheFirstCompleteGroupWins() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("quorum", async (context, _) =>
            {
                Task<int[]> never = Task.WhenAll(context.CallActivityAsync<int>("echo", 1), NeverAsync(context));
                Task<int[]> both = Task.WhenAll(context.CallActivityAsync<int>("echo", 2), context.CallSubOrchestratorAsync<int>("child", 3));
                Task<int[]> first = await Task.WhenAny(never, both);
                return string.Join(' ', first.Result);
            })
            .Orchestrator<int, int>("child", (_, value) => Task.FromResult(value))
            .Function<int, int>("echo", (_, value) => value),
        async run => (await run.ResultAsync<string>("quorum")).ShouldBe("2 3"));

    [Fact]
    public Task WhenAny_ALoser_CanBeAwaitedTurnsLater() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("race", async (context, _) =>
            {
                Task<string> late = context.WaitForExternalEvent<string>("late");
                Task<string> early = context.CallActivityAsync<string>("step", "early");
                bool won = await Task.WhenAny(late, early) == early;
                string between = await context.CallActivityAsync<string>("step", "between");
                context.SetCustomStatus("waiting for the loser");
                return $"{won} {between} {await late}";
            })
            .Function<string, string>("step", (_, name) => name),
        async run =>
        {
            string id = await run.StartAsync("race");
            await run.UntilAsync(async () => !(await run.Client.GetAsync(id))!.CustomStatus.IsNull);
            await run.Client.RaiseEventAsync(id, "late", "late");

            (await run.ResultOfAsync<string>(id)).ShouldBe("True between late");
        });

    [Fact]
    public Task WhenAll_SeveralFailing_EachKeepsItsOwnFailure() => CheckAsync(
        registry => registry
            .Orchestrator<int, string>("mixed", async (context, _) =>
            {
                Task<int>[] calls =
                [
                    context.CallActivityAsync<int>("bad", "first"),
                    context.CallSubOrchestratorAsync<int>("child", "second"),
                    context.CallActivityAsync<int>("bad", "third"),
                ];
                await Thrown.ByAsync<TaskFailedException>(Task.WhenAll(calls));
                return string.Join(' ', calls.Select(call => ((TaskFailedException)call.Exception!.InnerException!).FailureDetails.ErrorMessage));
            })
            .Orchestrator<string, int>("child", (_, why) => throw new InvalidOperationException(why))
            .Function<string, int>("bad", (_, why) => throw new InvalidOperationException(why)),
        async run => (await run.ResultAsync<string>("mixed")).ShouldBe("first second third"));

    [Fact]
    public Task WhenAny_NoTaskOfTheContext_EndsInTheSameTurn() => CheckAsync(
        registry => registry.Orchestrator<int, int>("done", async (context, _) =>
        {
            await Task.WhenAll();
            Task<int> first = await Task.WhenAny(Task.FromResult(5), NeverAsync(context));
            return first.Result;
        }),
        async run => (await run.ResultAsync<int>("done")).ShouldBe(5));

    private static async Task<int> NeverAsync(OrchestrationContext context) => await context.WaitForExternalEvent<int>("never");
}
