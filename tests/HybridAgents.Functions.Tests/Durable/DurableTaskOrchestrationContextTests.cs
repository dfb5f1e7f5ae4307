using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using RetryPolicy = HybridAgents.Durable.RetryPolicy;
using TaskFailedException = HybridAgents.Durable.TaskFailedException;

namespace HybridAgents.Functions.Tests.Durable;

public sealed class DurableTaskOrchestrationContextTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly Mock<TaskOrchestrationContext> _inner = new();
    private readonly List<ActivityCall> _calls = [];
    private readonly TaskCompletionSource<Payload> _cancelEvent = new();
    private DateTime _now = Start;

    public DurableTaskOrchestrationContextTests()
    {
        _inner.SetupGet(inner => inner.InstanceId).Returns("run_1");
        _inner.SetupGet(inner => inner.CurrentUtcDateTime).Returns(() => _now);
        _inner.Setup(inner => inner.WaitForExternalEvent<Payload>("$cancel", It.IsAny<CancellationToken>())).Returns(_cancelEvent.Task);
    }

    [Fact]
    public async Task CreateTimer_TwentyDays_IsAChainThatEndsOnTime()
    {
        List<DateTime> timers = [];
        _inner.Setup(inner => inner.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).Returns((DateTime fireAt, CancellationToken _) =>
        {
            timers.Add(_now = fireAt);
            return Task.CompletedTask;
        });

        await Context().CreateTimer(TimeSpan.FromDays(20));

        timers.ShouldBe([Start.AddDays(6), Start.AddDays(12), Start.AddDays(18), Start.AddDays(20)]);
    }

    [Fact]
    public async Task CallActivity_Interrupted_RunsTheSameAttemptAgain()
    {
        Answer(new(Interrupted: true), new(Payload.From("done")));

        (await Context().CallActivityAsync<string>("step", 1, new("1/a"))).ShouldBe("done");

        _calls.Select(call => (call.Key, call.Attempt)).ShouldBe([("run_1/1/a", 1), ("run_1/1/a", 1)]);
    }

    [Fact]
    public async Task CallActivity_ThatLearnedOfACancel_CompletesCancelRequestedThoughTheEventWasLost()
    {
        CancelRequest request = new("enough", new(Start));
        Answer(new(Payload.From("partial"), Cancel: request), new(Payload.From("finalised")));
        DurableTaskOrchestrationContext context = Context();

        await context.CallActivityAsync<string>("stream");
        await context.CallActivityAsync<string>("finalise");

        (await context.CancelRequested).ShouldBe(request);
        _calls.Select(call => call.AfterCancel).ShouldBe([false, true]);
    }

    [Fact]
    public async Task CallActivity_FailingInTheFramework_IsRetriedByTheModelsPolicy()
    {
        Microsoft.DurableTask.TaskFailureDetails details = new("Host.Crashed", "gone", null, null, null);
        _inner.SetupSequence(inner => inner.CallActivityAsync<Payload>("step", It.IsAny<object>(), It.IsAny<TaskOptions>()))
            .ThrowsAsync(new Microsoft.DurableTask.TaskFailedException("step", 1, details))
            .ThrowsAsync(new Microsoft.DurableTask.TaskFailedException("step", 2, details));
        _inner.Setup(inner => inner.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);

        TaskFailedException failure = await Should.ThrowAsync<TaskFailedException>(
            () => Context().CallActivityAsync<string>("step", 1, new(Retry: new RetryPolicy(2, TimeSpan.FromSeconds(1)))));

        failure.FailureDetails.ErrorType.ShouldBe("Host.Crashed");
        _inner.Verify(inner => inner.CreateTimer(Start.AddSeconds(1), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task CallActivity_FailureDetails_ArriveAsTheyWere()
    {
        HybridAgents.Durable.TaskFailureDetails failure = new("A.B", "outer", "at C", new("D", "inner"), IsNonRetriable: true);
        Answer(new ActivityOutcome(Failure: failure));

        (await Should.ThrowAsync<TaskFailedException>(() => Context().CallActivityAsync<string>("step", 1, new(Retry: new RetryPolicy(5, TimeSpan.FromSeconds(1))))))
            .FailureDetails.ShouldBe(failure);
        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public void ContinueAsNew_AfterACancel_HandsItOver()
    {
        CancelRequest request = new(null, new(Start));
        _cancelEvent.SetResult(Payload.From(request));
        DurableTaskOrchestrationContext context = Context(new(default, TraceParent: "00-trace"));

        context.ContinueAsNew(7, "2");

        OrchestrationEnvelope next = context.Handover();
        next.Cancel.ShouldBe(request);
        next.TraceParent.ShouldBe("00-trace");
        next.Version.ShouldBe("2");
        next.Input.As<int>().ShouldBe(7);
    }

    [Fact]
    public async Task Run_VersionMissing_ParksUntilItIsRegistered()
    {
        DurableRegistry registry = new();
        OrchestratorRunner runner = new(registry, NullLoggerFactory.Instance);
        OrchestrationEnvelope envelope = new(Payload.From(5));
        List<DateTime> timers = [];
        _inner.Setup(inner => inner.GetInput<Payload>()).Returns(() => Payload.From(envelope));
        _inner.Setup(inner => inner.CreateTimer(Capture.In(timers), It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);
        _inner.Setup(inner => inner.ContinueAsNew(It.IsAny<object>(), true)).Callback((object? input, bool _) => envelope = ((Payload)input!).As<OrchestrationEnvelope>()!);

        await runner.RunAsync(_inner.Object, "Echo", "2");
        envelope.Parked.ShouldBeTrue();
        timers.ShouldBeEmpty();
        registry.AddOrchestrator<Echo>("Echo", "2");
        await runner.RunAsync(_inner.Object, "Echo", "2");
        envelope.Parked.ShouldBeFalse();
        timers.Count.ShouldBe(1);

        (await runner.RunAsync(_inner.Object, "Echo", "2")).As<int>().ShouldBe(5);
    }

    [Fact]
    public void Run_VersionMissingInTheMiddleOfAGeneration_DecidesNothing()
    {
        _inner.SetupGet(inner => inner.IsReplaying).Returns(true);
        _inner.Setup(inner => inner.GetInput<Payload>()).Returns(Payload.From(new OrchestrationEnvelope(Payload.From(5))));
        _inner.Setup(inner => inner.WaitForExternalEvent<Payload>("$wake", It.IsAny<CancellationToken>())).Returns(new TaskCompletionSource<Payload>().Task);

        Task<Payload> run = new OrchestratorRunner(new(), NullLoggerFactory.Instance).RunAsync(_inner.Object, "Echo", "2");

        run.IsCompleted.ShouldBeFalse();
        _inner.Verify(inner => inner.SetCustomStatus(OrchestratorRunner.ParkedStatus), Times.Once);
        _inner.Verify(inner => inner.ContinueAsNew(It.IsAny<object>(), It.IsAny<bool>()), Times.Never);
        _inner.Verify(inner => inner.CreateTimer(It.IsAny<DateTime>(), It.IsAny<CancellationToken>()), Times.Never);
    }

    private DurableTaskOrchestrationContext Context(OrchestrationEnvelope? envelope = null) => new(_inner.Object, "1", envelope ?? new(default), NullLoggerFactory.Instance);

    private void Answer(params ActivityOutcome[] outcomes)
    {
        Queue<ActivityOutcome> queue = new(outcomes);
        _inner.Setup(inner => inner.CallActivityAsync<Payload>(It.IsAny<TaskName>(), It.IsAny<object>(), It.IsAny<TaskOptions>()))
            .Returns((TaskName _, object? input, TaskOptions? _) =>
            {
                _calls.Add(((Payload)input!).As<ActivityCall>()!);
                return Task.FromResult(Payload.From(queue.Dequeue()));
            });
    }

    private sealed class Echo : Orchestrator<int, int>
    {
        public override Task<int> RunAsync(OrchestrationContext context, int input) => Task.FromResult(input);
    }
}
