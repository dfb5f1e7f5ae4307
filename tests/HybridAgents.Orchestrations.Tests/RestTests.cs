using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>A provider that asks to be left alone for longer than the pipeline waits.</summary>
public sealed class RestTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private RunHost _host = null!;
    private int _calls;

    public async Task InitializeAsync() => _host = await RunHost.StartAsync(_time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task RetryAfter_NoOtherCandidate_RunWaitsAndShowsIt()
    {
        _host.Models.Script = FirstRefused(TimeSpan.FromSeconds(30));
        string id = await _host.StartRunAsync(RunHost.Ask("Hi"));
        await _host.SleepsAsync(id, RunStatus.InProgress);
        (await _host.ViewAsync(id)).Progress.Activity.ShouldBe("waiting_for_provider");
        RunEvent waiting = (await _host.EventsAsync(id, RunEventTypes.ModelWaiting))[^1];
        waiting.Data.GetProperty("reason").GetString().ShouldBe("rate_limited");
        DateTimeOffset until = waiting.Data.GetProperty("until").GetDateTimeOffset();
        (until - _time.GetUtcNow()).ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(37.5));

        _time.Advance(TimeSpan.FromSeconds(30));
        _calls.ShouldBe(1);
        _time.Advance(until - _time.GetUtcNow());
        RunView run = await _host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Completed, run.Error?.Message);
        run.Result!.Message!.Content.ShouldBe("Hello.");
        run.Routing.ShouldHaveSingleItem().Attempts.Select(attempt => attempt.Outcome).ShouldBe(["rate_limited", "ok"]);
        run.Usage.ModelCalls.ShouldBe(1);
        (await _host.EventsAsync(id)).Where(entry => entry.Type == RunEventTypes.TurnStarted).ShouldHaveSingleItem();
    }

    [Fact]
    public void ReturnTime_AThousandRuns_DoNotComeBackAtOnce()
    {
        DateTimeOffset now = _time.GetUtcNow(), earliest = now.AddSeconds(30);
        DateTimeOffset[] times = [.. Enumerable.Range(0, 1000).Select(run => ReturnTime.Of(now, earliest, now.AddHours(1), TrafficDraw.Of($"run_{run}/1/1")))];

        times.ShouldAllBe(time => time >= earliest && time < earliest.AddSeconds(7.5));
        times.GroupBy(time => (int)(time - earliest).TotalMilliseconds / 100).Max(static slot => slot.Count()).ShouldBeLessThan(40);
        ReturnTime.Of(now, earliest, earliest.AddSeconds(2), 0.999).ShouldBeLessThan(earliest.AddSeconds(1));
    }

    [Fact]
    public async Task RetryAfter_OtherCandidate_IsAskedAtOnce()
    {
        _host.Models.Models.Add(Local("other:model"));
        _host.Models.Script = FirstRefused(TimeSpan.FromSeconds(30));
        RunView run = await _host.RunAsync(RunHost.Ask("Hi"));

        run.Status.ShouldBe(RunStatus.Completed);
        run.Routing[0].Attempts.Select(attempt => attempt.Outcome).ShouldBe(["rate_limited", "ok"]);
    }

    [Fact]
    public async Task RetryAfter_PastTheDeadline_FailsAtOnce()
    {
        _host.Models.Script = FirstRefused(TimeSpan.FromSeconds(61));
        RunView run = await _host.RunAsync(RunHost.Ask("Hi") with { Limits = new() { TimeoutSeconds = 60 } });

        run.Error!.Code.ShouldBe(RunErrorCodes.ProviderError);
        run.Status.ShouldBe(RunStatus.Failed);
    }

    [Fact]
    public async Task RetryAfter_RefusedAgainAndAgain_EndsWithTheDeadline()
    {
        _host.Models.Script = (request, _) => Refuse(request, TimeSpan.FromSeconds(20));
        string id = await _host.StartRunAsync(RunHost.Ask("Hi") with { Limits = new() { TimeoutSeconds = 60 } });
        for (int rest = 0; rest < 2; rest++)
        {
            await _host.SleepsAsync(id, RunStatus.InProgress);
            _time.Advance(TimeSpan.FromSeconds(27));
        }

        RunView run = await _host.EndOfAsync(id);
        run.Status.ShouldBe(RunStatus.Failed);
        _calls.ShouldBe(3);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheRun()
    {
        _host.Models.Script = FirstRefused(TimeSpan.FromSeconds(30));
        string id = await _host.StartRunAsync(RunHost.Ask("Hi"));
        await _host.SleepsAsync(id, RunStatus.InProgress);
        await _host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, CancellationToken.None);

        (await _host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task Crash_WhileWaiting_GoesOnWhenItIsTime()
    {
        _host.Models.Script = FirstRefused(TimeSpan.FromSeconds(30));
        string id = await _host.StartRunAsync(RunHost.Ask("Hi"));
        await _host.SleepsAsync(id, RunStatus.InProgress);
        await _host.CrashAsync();
        _time.Advance(TimeSpan.FromSeconds(38));
        RunView run = await _host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Completed, run.Error?.Message);
        run.Routing.ShouldHaveSingleItem().Attempts.Select(attempt => attempt.Outcome).ShouldBe(["rate_limited", "ok"]);
    }

    private ModelScript FirstRefused(TimeSpan retryAfter) => (request, token) => Volatile.Read(ref _calls) == 0 ? Refuse(request, retryAfter) : Says("Hello.")(request, token);

    private async IAsyncEnumerable<ModelUpdate> Refuse(ModelRequest request, TimeSpan retryAfter)
    {
        Interlocked.Increment(ref _calls);
        await Task.CompletedTask;
        if (_calls > 0)
            throw new ProviderException(request.Model, ProviderFault.RateLimited, "Slow down.") { StatusCode = 429, RetryAfter = retryAfter };
        yield break;
    }
}
