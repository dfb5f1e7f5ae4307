using HybridAgents.Cli.Client;
using HybridAgents.Cli.Tests.Support;
using HybridAgents.TestSupport;

namespace HybridAgents.Cli.Tests.Client;

public sealed class EventWatcherTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _firstSeen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WireServer _server = null!;
    private int _revived;

    public async Task InitializeAsync() => _server = await WireServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task WatchAsync_ServerStaysAway_GivesUpAfterItsPatience()
    {
        await _server.DisposeAsync();
        DateTimeOffset begun = _time.GetUtcNow();

        Task<List<long>> watching = WatchAsync(0);
        while (!watching.IsCompleted)
            await PassAsync(TimeSpan.FromSeconds(1), watching);

        CliException error = await Should.ThrowAsync<CliException>(() => watching);

        error.ExitCode.ShouldBe(ExitCodes.Unavailable);
        (_time.GetUtcNow() - begun).ShouldBeGreaterThan(EventWatcher.Patience);
        _revived.ShouldBePositive();
    }

    [Fact]
    public async Task WatchAsync_StreamIsSilent_ConnectsAnew()
    {
        _server.BeforeLast = new TaskCompletionSource().Task;
        _server.AddDelta("a").Add("run.completed");
        Task<List<long>> watching = WatchAsync(0);
        await _firstSeen.Task;
        await _server.Watched;
        _server.BeforeLast = Task.CompletedTask;

        await PassAsync(EventWatcher.MaxSilence, watching);
        await PassAsync(TimeSpan.FromSeconds(1), watching); // The pause before the next connection.

        (await watching).ShouldBe([1, 2]);
        _revived.ShouldBe(1);
    }

    [Fact]
    public async Task WatchAsync_RunRefused_EndsAtOnce()
    {
        _server.Error = (System.Net.HttpStatusCode.NotFound, "not_found");

        (await Should.ThrowAsync<ServerException>(() => WatchAsync(0))).ExitCode.ShouldBe(ExitCodes.NotFound);
        _revived.ShouldBe(0);
    }

    [Fact]
    public async Task WatchAsync_NothingLeft_IsEmpty()
    {
        _server.Add("run.completed");

        (await WatchAsync(1)).ShouldBeEmpty();
    }

    private async Task<List<long>> WatchAsync(long after)
    {
        using HttpClient http = new() { BaseAddress = new Uri(_server.Address) };
        EventWatcher watcher = new(new RunsClient(http, _time), _time, _ =>
        {
            _revived++;
            return Task.CompletedTask;
        });
        List<long> seen = [];
        await foreach (StreamedEvent item in watcher.WatchAsync(WireServer.RunId, after, CancellationToken.None))
        {
            seen.Add(item.Sequence);
            _firstSeen.TrySetResult();
        }

        return seen;
    }

    /// <summary>Lets time pass as soon as the watch waits for some.</summary>
    private async Task PassAsync(TimeSpan time, Task watching)
    {
        while (_time.PendingTimers == 0 && !watching.IsCompleted)
            await Task.Yield();
        _time.Advance(time);
    }
}
