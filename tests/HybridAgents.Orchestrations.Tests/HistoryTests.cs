using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>The engine's history of a run stays short, however long the run is and however it waits.</summary>
public sealed class HistoryTests
{
    /// <summary>What a generation may hold: at most 8 turns and 16 waits of about ten entries each.</summary>
    private const int MaxEntries = 300;

    private readonly TestTool _tool = new("first");
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Turns_WhoseApprovalsExpire_KeepTheHistoryShort()
    {
        const int turns = 100;
        await using RunHost host = await RunHost.StartAsync(_time, _tool);
        host.Models.Script = (request, token) => (Turn(request) < turns - 1 ? Calls(("first", "{}")) : Says("Done."))(request, token);
        RunRequest request = RunHost.Ask("Go", "first") with { Approval = new() { Tools = ["first"], TimeoutSeconds = 60 } };
        string id = await host.StartRunAsync(request with { Agent = request.Agent with { MaxTurns = turns } });

        int longest = 0;
        for (int turn = 1; turn < turns; turn++)
        {
            longest = Math.Max(longest, await host.SleepsAsync(id));
            _time.Advance(TimeSpan.FromSeconds(60));
        }

        RunView run = await host.EndOfAsync(id);
        run.Status.ShouldBe(RunStatus.Completed, run.Error?.ToString());
        run.Usage.ModelCalls.ShouldBe(turns);
        longest.ShouldBeInRange(10, MaxEntries);
        _tool.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Wait_OfDays_KeepsTheHistoryShortAndAsksOnce()
    {
        await using RunHost host = await RunHost.StartAsync(_time, _tool);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first") with { Approval = new() { Tools = ["first"], TimeoutSeconds = 172_800 } });

        int longest = 0;
        for (int recheck = 0; recheck < 100; recheck++)
        {
            longest = Math.Max(longest, await host.SleepsAsync(id));
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        await host.SleepsAsync(id);
        string call = (await host.ViewAsync(id)).RequiredAction!.Calls[0].CallId;
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call, true, null), default);
        List<RunEvent> events = await host.EventsAsync(id);

        longest.ShouldBeInRange(10, MaxEntries);
        events.Count(entry => entry.Type == RunEventTypes.ActionRequired).ShouldBe(1);
        events.Count(entry => entry.Type == RunEventTypes.ApprovalRequested).ShouldBe(1);
        events[^1].Type.ShouldBe(RunEventTypes.RunCompleted);
        _tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_OfARunThatWaitsForLong_EndsIt()
    {
        await using RunHost host = await RunHost.StartAsync(_time, _tool);
        host.Models.Script = Calls(("first", "{}"));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first") with { Approval = new() { Tools = ["first"] } });
        for (int recheck = 0; recheck < 20; recheck++)
        {
            await host.SleepsAsync(id);
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        await host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, default);
        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }
}
