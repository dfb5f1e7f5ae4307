using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Sweeping;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Runs whose orchestrator has ended without them, or is gone.</summary>
public sealed class AbandonedRunTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_RunWithoutOrchestrator_HasFailed(bool purged)
    {
        await using RunHost host = await RunHost.StartAsync(_time);
        string id = await AbandonAsync(host, purged);
        RunView run = await host.ViewAsync(id);

        (run.Status, run.Error!.Code, run.Progress.Activity).ShouldBe((RunStatus.Failed, RunErrorCodes.SystemError, "finished"));
        List<RunEvent> events = await host.EventsAsync(id);
        events[^1].Type.ShouldBe(RunEventTypes.RunFailed);
        run.LastEvent.ShouldBe(events.Count);
        (await host.Runs.GetHistoryAsync(id, RunHost.Caller, default))![^1].Outcome.ShouldNotBe("running");
    }

    [Fact]
    public async Task Watch_RunWithoutOrchestrator_EndsAfterAWhile()
    {
        await using RunHost host = await RunHost.StartAsync(_time);
        string id = await AbandonAsync(host);
        Task<List<RunEvent>> watching = host.EventsAsync(id);
        while (!watching.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        (await watching)[^1].Type.ShouldBe(RunEventTypes.RunFailed);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    [InlineData(3_600)]
    public async Task Sweep_RunWithoutOrchestrator_EndsItWhenItComesOfAge(int age)
    {
        await using RunHost host = await RunHost.StartAsync(_time);
        RunSweeper sweeper = host.Get<RunSweeper>();
        RunView other = await host.RunAsync(RunHost.Ask("Hi"));
        string id = await AbandonAsync(host);
        await sweeper.SweepAsync(default);
        _time.Advance(TimeSpan.FromSeconds(age + 1));
        await sweeper.SweepAsync(default);

        // Events are read without looking after the run.
        (await host.Runs.WatchAsync(id, RunHost.Caller, 0, default).LastAsync()).Type.ShouldBe(RunEventTypes.RunFailed);
        (await host.ViewAsync(other.RunId)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Get_CancelledRunWithoutOrchestrator_IsCancelled()
    {
        await using RunHost host = await RunHost.StartAsync(_time);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Get<IDurableClient>().SuspendAsync(id);
        await host.Get<IDurableClient>().TerminateAsync(id);
        await host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, default);

        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }

    [Fact]
    public async Task Sweepers_HostDisposedWithoutStop_EndQuietly()
    {
        LogProbe log = new();
        RunHost host = await RunHost.StartAsync(configure: services => services.AddLogging(logging => logging.AddProvider(log)));
        BackgroundService[] sweepers = [host.Get<RunSweeper>(), host.Get<RetentionSweeper>()];
        await host.RunAsync(RunHost.Ask("Hi"));
        await host.DisposeWithoutStopAsync();

        await Task.WhenAll(sweepers.Select(sweeper => sweeper.ExecuteTask!)).WaitAsync(RunHost.Patience); // Throws if one has thrown.
        log.Entries.ShouldBeEmpty();
    }

    private static async Task<string> AbandonAsync(RunHost host, bool purged = false)
    {
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Get<IDurableClient>().TerminateAsync(id, "behind our back");
        if (purged)
            await host.Get<IDurableClient>().PurgeAsync(id);
        return id;
    }
}
