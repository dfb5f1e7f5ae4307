using System.Collections.Concurrent;
using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace HybridAgents.Functions.Tests.Durable;

public sealed class DurableTaskDurableClientTests : IClassFixture<TemporaryTables>, IDisposable
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly Mock<DurableTaskClient> _framework = new("test");
    private readonly ConcurrentDictionary<string, OrchestrationRuntimeStatus> _statuses = new();
    private readonly InstanceTable _instances;
    private readonly CancelWatch _cancels;
    private string? _customStatus;
    private readonly DurableTaskDurableClient _client;

    public DurableTaskDurableClientTests(TemporaryTables tables)
    {
        _instances = tables.Instances;
        _cancels = new(_instances, TimeProvider.System, NullLogger<CancelWatch>.Instance);
        DurableTaskClientSource source = new();
        source.Bind(_framework.Object);
        _client = new(source, _instances, new DurableRegistry().AddOrchestrator("Echo", "2", () => throw new NotSupportedException()), _cancels);
        _framework.CallBase = true;
        _framework.Setup(client => client.GetInstancesAsync(It.IsAny<string>(), It.IsAny<bool>(), It.IsAny<CancellationToken>())).ReturnsAsync((string id, bool _, CancellationToken _) =>
            _statuses.TryGetValue(id, out OrchestrationRuntimeStatus status) ? new OrchestrationMetadata("Echo_v2", id) { RuntimeStatus = status, SerializedCustomStatus = _customStatus } : null);
        _framework.Setup(client => client.ScheduleNewOrchestrationInstanceAsync(
                It.IsAny<TaskName>(), It.IsAny<object>(), It.IsAny<StartOrchestrationOptions>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((TaskName _, object? _, StartOrchestrationOptions? options, CancellationToken _) =>
            {
                _statuses[options!.InstanceId!] = OrchestrationRuntimeStatus.Pending;
                return options.InstanceId!;
            });
        _framework.Setup(client => client.TerminateInstanceAsync(It.IsAny<string>(), It.IsAny<TerminateInstanceOptions>(), It.IsAny<CancellationToken>())).Returns(Task.CompletedTask);
    }

    public void Dispose() => _cancels.Dispose();

    [Fact]
    public async Task ScheduleNew_ManyAtOnceWithOneId_StartsOne()
    {
        Task<string>[] starts = [.. Enumerable.Range(0, 16).Select(index => Task.Run(() => _client.ScheduleNewAsync("Echo", index, new(_id))))];
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default)));

        starts.Count(start => start.IsCompletedSuccessfully).ShouldBe(1);
        starts.Where(start => start.IsFaulted).ShouldAllBe(start => start.Exception!.InnerException is InstanceAlreadyExistsException);
        Scheduled(Times.Once());
    }

    [Fact]
    public async Task ScheduleNew_AfterAStartThatStoppedHalfWay_FinishesItWithItsOwnInput()
    {
        await _instances.TryStartAsync(_id, new("Echo", "2", Payload.From("first"), null), CancellationToken.None);

        await _client.ScheduleNewAsync("Echo", "second", new(_id, Duplicates: DuplicateIdPolicy.KeepExisting));

        _framework.Verify(client => client.ScheduleNewOrchestrationInstanceAsync(
            "Echo_v2",
            It.Is<object>(input => ((Payload)input).As<OrchestrationEnvelope>()!.Input == Payload.From("first")),
            It.Is<StartOrchestrationOptions>(options => options.DedupeStatuses!.Count == 7),
            It.IsAny<CancellationToken>()));
    }

    [Fact]
    public async Task ScheduleNew_IdOfAnInstanceWithoutARow_IsAConflict()
    {
        _statuses[_id] = OrchestrationRuntimeStatus.Completed;
        _framework.Setup(client => client.ScheduleNewOrchestrationInstanceAsync(
            It.IsAny<TaskName>(), It.IsAny<object>(), It.IsAny<StartOrchestrationOptions>(), It.IsAny<CancellationToken>())).ThrowsAsync(new InvalidOperationException("taken"));

        await Should.ThrowAsync<InstanceAlreadyExistsException>(() => _client.ScheduleNewAsync("Echo", 1, new(_id)));
    }

    [Fact]
    public async Task Cancel_OfATree_ReachesEveryOpenInstanceAndTheFeed()
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        await TreeAsync();
        _statuses[_id + "b"] = OrchestrationRuntimeStatus.Suspended;
        _statuses[_id + "c"] = OrchestrationRuntimeStatus.Completed;

        (await _client.CancelAsync(_id, "enough")).ShouldBeTrue();

        foreach (string id in (string[])[_id, _id + "a", _id + "b", _id + "aa"])
        {
            _framework.Verify(client => client.RaiseEventAsync(id, "$cancel", It.IsAny<object>(), It.IsAny<CancellationToken>()), Times.Once, id);
            (await _instances.GetCancelAsync(id, CancellationToken.None)).ShouldNotBeNull().Reason.ShouldBe("enough");
        }

        (await _instances.GetCancelAsync(_id + "c", CancellationToken.None)).ShouldBeNull();
        _framework.Verify(client => client.ResumeInstanceAsync(_id + "b", It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Once);
        List<string> feed = [];
        await foreach (string id in _instances.CancelledSinceAsync(before, CancellationToken.None))
            feed.Add(id);
        feed.Where(id => id.StartsWith(_id, StringComparison.Ordinal)).ShouldBe([_id, _id + "a", _id + "aa", _id + "b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Cancel_Twice_KeepsTheFirstReason()
    {
        _statuses[_id] = OrchestrationRuntimeStatus.Running;

        await _client.CancelAsync(_id, "first");
        await _client.CancelAsync(_id, "second");

        (await _client.GetAsync(_id))!.Cancel!.Reason.ShouldBe("first");
    }

    [Fact]
    public async Task Terminate_OfATree_EndsAllAndTellsTheirActivities()
    {
        await TreeAsync();

        (await _client.TerminateAsync(_id, "now")).ShouldBeTrue();

        foreach (string id in (string[])[_id, _id + "a", _id + "b", _id + "aa"])
        {
            _framework.Verify(client => client.TerminateInstanceAsync(id, It.Is<TerminateInstanceOptions>(options => (string)options.Output! == "now"), It.IsAny<CancellationToken>()), Times.Once, id);
            (await _instances.GetCancelAsync(id, CancellationToken.None)).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Suspend_OfATree_SuspendsWhatRunsAndKeepsTheReason()
    {
        await TreeAsync();
        _statuses[_id + "b"] = OrchestrationRuntimeStatus.Suspended;
        _statuses[_id + "c"] = OrchestrationRuntimeStatus.Completed;

        (await _client.SuspendAsync(_id, "night")).ShouldBeTrue();

        foreach (string id in (string[])[_id, _id + "a", _id + "aa"])
        {
            _framework.Verify(client => client.SuspendInstanceAsync(id, "night", It.IsAny<CancellationToken>()), Times.Once, id);
            (await _instances.GetNotesAsync(id, CancellationToken.None)).SuspendReason.ShouldBe("night");
        }

        foreach (string id in (string[])[_id + "b", _id + "c"])
            _framework.Verify(client => client.SuspendInstanceAsync(id, It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Never, id);
    }

    [Fact]
    public async Task Suspend_ParentSuspendedAlready_StillReachesTheChildren()
    {
        await TreeAsync();
        _statuses[_id] = OrchestrationRuntimeStatus.Suspended;

        (await _client.SuspendAsync(_id, "night")).ShouldBeFalse();

        _framework.Verify(client => client.SuspendInstanceAsync(_id + "aa", "night", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Resume_OfATree_ResumesWhatIsSuspendedBelowARunningChildToo()
    {
        await TreeAsync();
        _statuses[_id] = OrchestrationRuntimeStatus.Suspended;
        _statuses[_id + "aa"] = OrchestrationRuntimeStatus.Suspended;
        await _instances.SetSuspendedAsync(_id, "night", CancellationToken.None);

        (await _client.ResumeAsync(_id)).ShouldBeTrue();

        foreach (string id in (string[])[_id, _id + "aa"])
            _framework.Verify(client => client.ResumeInstanceAsync(id, It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Once, id);
        _framework.Verify(client => client.ResumeInstanceAsync(_id + "a", It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Never);
        (await _instances.GetNotesAsync(_id, CancellationToken.None)).SuspendReason.ShouldBeNull();
    }

    [Fact]
    public async Task Resume_NotSuspended_SaysSo()
    {
        await TreeAsync();

        (await _client.ResumeAsync(_id)).ShouldBeFalse();

        _framework.Verify(client => client.ResumeInstanceAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Never);
    }

    [Fact]
    public async Task Resume_ParkedInTheMiddleOfAGeneration_WakesIt()
    {
        await TreeAsync();
        _customStatus = OrchestratorRunner.ParkedStatus.ToString();

        OrchestrationState state = (await _client.GetAsync(_id))!;
        (await _client.ResumeAsync(_id)).ShouldBeFalse();

        (state.Status, state.SuspendReason).ShouldBe((OrchestrationStatus.Suspended, "version_unavailable"));
        _framework.Verify(client => client.RaiseEventAsync(_id, "$wake", It.IsAny<object>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task Suspend_BeforeTheFrameworkGotToIt_IsShownAndCanBeTakenBack()
    {
        _statuses[_id] = OrchestrationRuntimeStatus.Running;

        (await _client.SuspendAsync(_id, "night")).ShouldBeTrue();
        (await _client.SuspendAsync(_id, "day")).ShouldBeFalse();
        OrchestrationState suspended = (await _client.GetAsync(_id))!;
        (await _client.ResumeAsync(_id)).ShouldBeTrue();

        (suspended.Status, suspended.SuspendReason).ShouldBe((OrchestrationStatus.Suspended, "night"));
        (await _client.GetAsync(_id))!.Status.ShouldBe(OrchestrationStatus.Running);
        _framework.Verify(client => client.ResumeInstanceAsync(_id, It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("@a")]
    public async Task ScheduleNew_IdThatTheExtensionRefuses_IsRefusedBeforeAnythingIsWritten(string id)
    {
        (await Should.ThrowAsync<ArgumentException>(() => _client.ScheduleNewAsync("Echo", 1, new(id)))).Message.ShouldContain("instance id");

        (await _instances.GetStartAsync(id, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Cancel_ActivityOfThisProcess_IsToldWithoutTheFeed()
    {
        _statuses[_id] = OrchestrationRuntimeStatus.Running;
        using CancelWatch.Watched watched = await _cancels.WatchAsync(_id, CancellationToken.None);

        await _client.CancelAsync(_id, "enough");

        watched.Token.IsCancellationRequested.ShouldBeTrue();
        watched.Request!.Reason.ShouldBe("enough");
    }

    [Fact]
    public async Task Client_BeforeAnyFunctionRan_IsBusy() => await Should.ThrowAsync<EngineBusyException>(
        () => new DurableTaskDurableClient(new(), _instances, new(), _cancels).GetAsync(_id));

    /// <summary>The instance with the children a (with a child aa), b and c.</summary>
    private async Task TreeAsync()
    {
        _statuses[_id] = OrchestrationRuntimeStatus.Running;
        foreach ((string parent, string child) in ((string, string)[])[("", "a"), ("", "b"), ("", "c"), ("a", "aa")])
        {
            _statuses[_id + child] = OrchestrationRuntimeStatus.Running;
            await _instances.AddChildAsync(_id + parent, _id + child, CancellationToken.None);
        }
    }

    private void Scheduled(Times times) => _framework.Verify(
        client => client.ScheduleNewOrchestrationInstanceAsync(It.IsAny<TaskName>(), It.IsAny<object>(), It.IsAny<StartOrchestrationOptions>(), It.IsAny<CancellationToken>()), times);
}
