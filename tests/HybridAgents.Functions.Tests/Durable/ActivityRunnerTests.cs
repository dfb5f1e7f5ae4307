using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using HybridAgents.TestSupport;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Functions.Tests.Durable;

public sealed class ActivityRunnerTests(TemporaryTables tables) : IClassFixture<TemporaryTables>, IDisposable
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly InstanceTable _instances = tables.Instances;
    private readonly CancelWatch _cancels = new(tables.Instances, TimeProvider.System, NullLogger<CancelWatch>.Instance);

    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    public void Dispose() => _cancels.Dispose();

    [Fact]
    public async Task Run_Activity_IsMadeFromTheInvocationsServices()
    {
        ActivityOutcome outcome = await RunAsync("greet", services: new ServiceCollection().AddSingleton("hello").BuildServiceProvider());

        outcome.Result.As<string>().ShouldBe("hello");
    }

    [Fact]
    public async Task Run_CancelledMeanwhile_FiresTheTokenAndReportsTheRequest()
    {
        Task<ActivityOutcome> run = RunAsync("hold");
        await _running.Task;
        await _instances.CancelAsync(_id, "enough", CancellationToken.None);
        await _instances.CancelAsync("another", null, CancellationToken.None);

        await _cancels.ReadAsync(CancellationToken.None);

        ActivityOutcome outcome = await run;
        outcome.Result.As<string>().ShouldBe("RunCancelled");
        outcome.Cancel!.Reason.ShouldBe("enough");
    }

    [Fact]
    public async Task Run_CancelOfAnotherInstance_FiresNothing()
    {
        Task<ActivityOutcome> run = RunAsync("hold");
        await _running.Task;
        await _instances.CancelAsync("another " + _id, null, CancellationToken.None);
        await _cancels.ReadAsync(CancellationToken.None);
        run.IsCompleted.ShouldBeFalse();

        await _instances.CancelAsync(_id, null, CancellationToken.None);
        await _cancels.ReadAsync(CancellationToken.None);
        (await run).Result.As<string>().ShouldBe("RunCancelled");
    }

    [Fact]
    public async Task Run_CancelledBefore_FiresAtOnceUnlessItIsPartOfTheEnd()
    {
        await _instances.CancelAsync(_id, null, CancellationToken.None);

        (await RunAsync("ask")).Result.As<string>().ShouldBe("RunCancelled");
        (await RunAsync("ask", afterCancel: true)).Result.As<string>().ShouldBe("None");
    }

    [Fact]
    public async Task Run_HostStopping_IsInterruptedInsteadOfFailed()
    {
        using CancellationTokenSource stopping = new();
        Task<ActivityOutcome> run = RunAsync("await", stopping: stopping.Token);
        await _running.Task;

        await stopping.CancelAsync();

        ActivityOutcome outcome = await run;
        outcome.Interrupted.ShouldBeTrue();
        outcome.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Run_WorkerStopping_IsInterruptedWithoutAWordFromTheHost()
    {
        Task<ActivityOutcome> run = RunAsync("await");
        await _running.Task;

        _lifetime.StopApplication();

        (await run).Interrupted.ShouldBeTrue();
    }

    [Fact]
    public async Task Watch_OnTheClock_FiresWithinHalfASecond()
    {
        ManualTimeProvider time = new(DateTimeOffset.UtcNow);
        using CancelWatch cancels = new(_instances, time, NullLogger<CancelWatch>.Instance);
        using CancelWatch.Watched watched = await cancels.WatchAsync(_id, CancellationToken.None);
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = watched.Token.Register(fired.SetResult);
        await cancels.StartAsync(CancellationToken.None);
        await _instances.CancelAsync(_id, null, CancellationToken.None);

        while (time.PendingTimers == 0)
            await Task.Yield();
        time.Advance(TimeSpan.FromMilliseconds(400));

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await cancels.StopAsync(CancellationToken.None);
    }

    private async Task<ActivityOutcome> RunAsync(string name, bool afterCancel = false, IServiceProvider? services = null, CancellationToken stopping = default)
    {
        DurableRegistry registry = new DurableRegistry()
            .AddActivity("greet", provider => new Step((_, _) => Task.FromResult(provider.GetRequiredService<string>())))
            .AddActivity("ask", _ => new Step((context, _) => Task.FromResult(context.Cancellation.ToString())))
            .AddActivity("await", _ => new Step(async (context, _) =>
            {
                _running.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return "";
            }))
            .AddActivity("hold", _ => new Step(async (context, _) =>
            {
                TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
                await using CancellationTokenRegistration registration = context.CancellationToken.Register(fired.SetResult);
                _running.SetResult();
                await fired.Task;
                return context.Cancellation.ToString();
            }));
        Mock<FunctionContext> function = new();
        function.SetupGet(invocation => invocation.InstanceServices).Returns(services ?? Mock.Of<IServiceProvider>());
        function.SetupGet(invocation => invocation.CancellationToken).Returns(stopping);
        Payload call = Payload.From(new ActivityCall(_id, $"{_id}/1", 1, null, afterCancel, default));
        return (await new ActivityRunner(registry, _cancels, _lifetime, NullLogger<ActivityRunner>.Instance).RunAsync(name, call, function.Object)).As<ActivityOutcome>()!;
    }

    private sealed class Step(Func<ActivityContext, Payload, Task<string>> run) : Activity<Payload, string>
    {
        public override Task<string> RunAsync(ActivityContext context, Payload input) => run(context, input);
    }
}
