using HybridAgents.Functions.Durable;
using HybridAgents.Functions.Storage;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Functions.Tests.Azurite;

/// <summary>A cancel that one process takes and another's activity learns of, through Table storage.</summary>
public sealed class CancelFeedTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _id = "run_" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Cancel_TakenByAnotherProcess_FiresTheTokenWithinHalfASecond()
    {
        using CancelWatch cancels = new(Instances(), _time, NullLogger<CancelWatch>.Instance);
        using CancelWatch.Watched watched = await cancels.WatchAsync(_id, CancellationToken.None);
        using CancelWatch.Watched other = await cancels.WatchAsync("another " + _id, CancellationToken.None);
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = watched.Token.Register(fired.SetResult);
        await cancels.StartAsync(CancellationToken.None);
        while (_time.PendingTimers == 0)
            await Task.Yield();

        await Instances().CancelAsync(_id, "enough", CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(500));

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(20));
        watched.Request!.Reason.ShouldBe("enough");
        other.IsFired.ShouldBeFalse();
        await cancels.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Cancel_OlderThanTheActivity_FiresAtOnce()
    {
        using CancelWatch cancels = new(Instances(), _time, NullLogger<CancelWatch>.Instance);
        await Instances().CancelAsync(_id, null, CancellationToken.None);

        using CancelWatch.Watched watched = await cancels.WatchAsync(_id, CancellationToken.None);

        watched.IsFired.ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_CancelledInstance_TakesItOutOfTheFeedAndFreesItsId()
    {
        InstanceTable instances = Instances();
        InstanceStart start = new("Echo", "1", default, null);
        await instances.TryStartAsync(_id, start, CancellationToken.None);
        await instances.CancelAsync(_id, null, CancellationToken.None);
        (await FeedAsync()).ShouldContain(_id);

        await instances.RemoveAsync(_id, CancellationToken.None);

        (await FeedAsync()).ShouldNotContain(_id);
        (await instances.GetNotesAsync(_id, CancellationToken.None)).ShouldBe(new InstanceNotes());
        (await instances.TryStartAsync(_id, start, CancellationToken.None)).ShouldBeTrue();
    }

    private async Task<List<string>> FeedAsync()
    {
        List<string> feed = [];
        await foreach (string id in Instances().CancelledSinceAsync(_time.GetUtcNow(), CancellationToken.None))
            feed.Add(id);
        return feed;
    }

    /// <summary>As each process has it: nothing is shared but the service.</summary>
    private InstanceTable Instances() => new(new AzureTableStore(azurite.Service, "test"), _time);
}
