namespace HybridAgents.Durable.Conformance;

/// <summary>Durable timers.</summary>
public abstract class TimerCases(IEngineMode mode) : ConformanceCases(mode)
{
    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(90_000)]
    public Task Timer_AnyDelay_FiresNotBeforeItIsDue(int milliseconds) => CheckAsync(
        registry => registry.Orchestrator<int, double>("sleeper", async (context, delay) =>
        {
            DateTimeOffset start = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMilliseconds(delay));
            return (context.CurrentUtcDateTime - start).TotalMilliseconds;
        }),
        async run => (await run.ResultAsync<double>("sleeper", milliseconds)).ShouldBeGreaterThanOrEqualTo(milliseconds));

    [Fact]
    public Task Timer_YearsAhead_FiresWhenTheyHavePassed() => CheckAsync(Sleeper, async run =>
    {
        string id = await run.StartAsync("sleeper", TimeSpan.FromDays(3650));
        await run.UntilStatusAsync(id, "asleep");

        await run.Engine.PassTimeAsync(TimeSpan.FromDays(3649));
        (await run.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Running);
        await run.Engine.PassTimeAsync(TimeSpan.FromDays(1));

        (await run.ResultOfAsync<string>(id)).ShouldBe("awake");
    });

    [Fact]
    public Task Timer_NotDue_DoesNotFire() => CheckAsync(Sleeper, async run =>
    {
        string id = await run.StartAsync("sleeper", TimeSpan.FromMinutes(10));
        await run.UntilStatusAsync(id, "asleep");

        await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(9));

        (await run.Client.GetAsync(id))!.IsTerminal.ShouldBeFalse();
        await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(1));
        (await run.ResultOfAsync<string>(id)).ShouldBe("awake");
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-3_600)]
    public Task Timer_PastOrPresent_FiresWithoutTimePassing(int seconds) => CheckAsync(
        registry => registry.Orchestrator<int, string>("hasty", async (context, offset) =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(offset));
            return "done";
        }),
        async run =>
        {
            string id = await run.StartAsync("hasty", seconds);

            await run.UntilAsync(id, state => state.Status == OrchestrationStatus.Completed);
        });

    [Fact]
    public Task Timer_Cancelled_ItsTaskIsCancelledAndTheInstanceGoesOn() => CheckAsync(
        registry => registry.Orchestrator<int, bool>("fickle", async (context, _) =>
        {
            using CancellationTokenSource stop = new();
            Task timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
            stop.Cancel();
            await Thrown.ByAsync<TaskCanceledException>(timer);
            await context.CreateTimer(TimeSpan.FromDays(2));
            return timer.IsCanceled;
        }),
        async run =>
        {
            string id = await run.StartAsync("fickle");
            await run.UntilAsync(id, state => state.Status == OrchestrationStatus.Running);
            await run.Engine.PassTimeAsync(TimeSpan.FromDays(2));

            (await run.ResultOfAsync<bool>(id)).ShouldBeTrue();
        });

    [Fact]
    public Task Timers_AllOverdue_FireInOrderOfTheirDueTimes() => CheckAsync(
        registry => registry.Orchestrator<int, int[]>("several", async (context, _) =>
        {
            List<int> order = [];
            context.SetCustomStatus("asleep");
            await Task.WhenAll(new[] { 30, 10, 20 }.Select(async minutes =>
            {
                await context.CreateTimer(TimeSpan.FromMinutes(minutes));
                order.Add(minutes);
            }));
            return [.. order];
        }),
        async run =>
        {
            string id = await run.StartAsync("several");
            await run.UntilStatusAsync(id, "asleep");

            await run.Engine.PassTimeAsync(TimeSpan.FromHours(1));

            (await run.ResultOfAsync<int[]>(id)).ShouldBe([10, 20, 30]);
        });

    [Fact]
    public Task Timers_DueTogether_FireInOrderOfTheirCreation() => CheckAsync(
        registry => registry.Orchestrator<int, int[]>("several", async (context, _) =>
        {
            List<int> order = [];
            await Task.WhenAll(Enumerable.Range(0, 5).Select(async index =>
            {
                await context.CreateTimer(TimeSpan.FromMinutes(1));
                order.Add(index);
            }));
            return [.. order];
        }),
        async run => (await run.ResultAsync<int[]>("several")).ShouldBe([0, 1, 2, 3, 4]));

    [Fact]
    public Task Timer_EngineDownWhenDue_FiresAfterTheStart() => CheckAsync(Sleeper, async run =>
    {
        string id = await run.StartAsync("sleeper", TimeSpan.FromMinutes(10));
        await run.UntilStatusAsync(id, "asleep");
        await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(8));

        await run.RestartEngineAsync();
        (await run.Client.GetAsync(id))!.IsTerminal.ShouldBeFalse();
        await run.Engine.PassTimeAsync(TimeSpan.FromMinutes(2));

        (await run.ResultOfAsync<string>(id)).ShouldBe("awake");
    });

    [Fact]
    public Task Timer_AgainAndAgain_KeepsTheBeat() => CheckAsync(
        registry => registry.Orchestrator<int, int>("metronome", async (context, beats) =>
        {
            DateTimeOffset start = context.CurrentUtcDateTime;
            for (int beat = 1; beat <= beats; beat++)
                await context.CreateTimer(start.AddHours(beat));
            return (int)(context.CurrentUtcDateTime - start).TotalHours;
        }),
        async run => (await run.ResultAsync<int>("metronome", 5)).ShouldBeGreaterThanOrEqualTo(5));

    private static void Sleeper(DurableRegistry registry) => registry.Orchestrator<TimeSpan, string>("sleeper", async (context, delay) =>
    {
        context.SetCustomStatus("asleep");
        await context.CreateTimer(delay);
        return "awake";
    });
}
