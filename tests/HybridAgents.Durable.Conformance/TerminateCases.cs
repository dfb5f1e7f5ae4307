namespace HybridAgents.Durable.Conformance;

/// <summary>The end by force.</summary>
public abstract class TerminateCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Fact]
    public Task Terminate_Waiting_EndsWithTheReason() => CheckAsync(Waiting, async run =>
    {
        string id = await run.StartAsync("waiting");

        (await run.Client.TerminateAsync(id, "now")).ShouldBeTrue();

        OrchestrationState end = await run.EndOfAsync(id);
        end.Status.ShouldBe(OrchestrationStatus.Terminated);
        end.Failure!.ErrorMessage.ShouldBe("now");
        end.Output.ShouldBeNull();
    });

    [Fact]
    public Task Terminate_Parent_EndsAllBelowIt() => CheckAsync(
        registry => registry
            .Orchestrator<int, int>("top", (context, _) => context.CallSubOrchestratorAsync<int>("middle", 0, new("middle")))
            .Orchestrator<int, int>("middle", (context, _) => context.CallSubOrchestratorAsync<int>("waiting", 0, new("bottom")))
            .Orchestrator<int, int>("waiting", (context, _) => context.WaitForExternalEvent<int>("never")),
        async run =>
        {
            string id = await run.StartAsync("top");
            await run.UntilAsync("bottom", state => state.Status == OrchestrationStatus.Running);

            await run.Client.TerminateAsync(id, "all of it");

            (await run.EndOfAsync(id)).Status.ShouldBe(OrchestrationStatus.Terminated);
            (await run.EndOfAsync("middle")).Failure!.ErrorMessage.ShouldBe("all of it");
            (await run.EndOfAsync("bottom")).Status.ShouldBe(OrchestrationStatus.Terminated);
        });

    [Fact]
    public Task Terminate_RunningActivity_ItsTokenFiresAndItsResultIsDropped() => CheckAsync(async run =>
    {
        Gate gate = new();
        Gate ended = new();
        await run.StartEngineAsync(registry => registry
            .Orchestrator<int, int>("working", (context, _) => context.CallActivityAsync<int>("work"))
            .Activity<int?, int>("work", async (context, input) =>
            {
                try
                {
                    await gate.PassAsync(context.CancellationToken);
                }
                finally
                {
                    _ = ended.PassAsync();
                }

                return 1;
            }));
        string id = await run.StartAsync("working");
        await gate.Reached;

        await run.Client.TerminateAsync(id);

        OrchestrationState end = await run.EndOfAsync(id);
        gate.Open(); // An execution that a crash has left behind hears no token.
        await ended.Reached;
        end.Status.ShouldBe(OrchestrationStatus.Terminated);
        (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Terminated);
    });

    [Fact]
    public Task Terminate_Suspended_EndsIt() => CheckAsync(Waiting, async run =>
    {
        string id = await run.StartAsync("waiting");
        await run.Client.SuspendAsync(id);

        (await run.Client.TerminateAsync(id)).ShouldBeTrue();

        OrchestrationState end = await run.EndOfAsync(id);
        end.Status.ShouldBe(OrchestrationStatus.Terminated);
        end.SuspendReason.ShouldBeNull();
    });

    [Fact]
    public Task Terminate_Ended_ReturnsFalseAndLeavesIt() => CheckAsync(
        registry => registry.Orchestrator<int, int>("echo", (_, value) => Task.FromResult(value)),
        async run =>
        {
            await run.RunAsync("echo", 1, "over");

            (await run.Client.TerminateAsync("over", "late")).ShouldBeFalse();

            (await run.ResultOfAsync<int>("over")).ShouldBe(1);
        });

    [Fact]
    public Task Terminate_Terminated_EventsAndTimersNoLongerReachIt() => CheckAsync(Waiting, async run =>
    {
        string id = await run.StartAsync("waiting");
        await run.Client.TerminateAsync(id, "first");

        await run.Client.RaiseEventAsync(id, "never", 1);
        await run.Engine.PassTimeAsync(TimeSpan.FromDays(2));
        (await run.Client.TerminateAsync(id, "second")).ShouldBeFalse();

        (await run.EndOfAsync(id)).Failure!.ErrorMessage.ShouldBe("first");
    });

    [Fact]
    public Task Terminate_UnknownInstance_Throws() => CheckAsync(Waiting, async run =>
        await Should.ThrowAsync<InstanceNotFoundException>(() => run.Client.TerminateAsync("nobody")));

    private static void Waiting(DurableRegistry registry) => registry.Orchestrator<int, int>("waiting", async (context, _) =>
    {
        Task timer = context.CreateTimer(TimeSpan.FromDays(1));
        Task<int> answer = context.WaitForExternalEvent<int>("never");
        await Task.WhenAny(timer, answer);
        return 1;
    });
}
