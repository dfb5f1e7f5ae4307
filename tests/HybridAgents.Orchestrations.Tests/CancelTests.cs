using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class CancelTests
{
    [Fact]
    public async Task Cancel_WhileTheModelStreams_AbortsTheCallAndKeepsThePart()
    {
        await using RunHost host = await RunHost.StartAsync();
        TaskCompletionSource reached = new(), aborted = new();
        host.Models.Script = (request, token) =>
        {
            token.Register(() => aborted.TrySetResult());
            return Hangs("partial answer", reached)(request, token);
        };
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        CancelResult cancel = (await host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, default))!;
        await aborted.Task.WaitAsync(RunHost.Patience);
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        cancel.AlreadyTerminal.ShouldBeFalse();
        run.Status.ShouldBe(RunStatus.Cancelled);
        run.Result!.Message!.Content.ShouldBe("partial answer");
        run.Usage.CompletionTokens.ShouldBeGreaterThan(0);
        events.Select(entry => entry.Type).TakeLast(2).ShouldBe([RunEventTypes.MessageCompleted, RunEventTypes.RunCancelled]);
        events.ShouldContain(entry => entry.Type == RunEventTypes.RunCancelling && entry.Data.GetProperty("reason").GetString() == "enough");
    }

    [Fact]
    public async Task Cancel_WhileAToolRuns_AbortsTheTool()
    {
        TaskCompletionSource reached = new(), aborted = new();
        TestTool tool = new("slow", async (_, token) =>
        {
            token.Register(() => aborted.TrySetResult());
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new ToolOutput("never");
        });
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = Calls(("slow", "{}"));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "slow"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Runs.CancelAsync(id, RunHost.Caller, null, force: false, default);
        await aborted.Task.WaitAsync(RunHost.Patience);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }

    [Fact]
    public async Task Cancel_Forced_EndsAtOnceAndNothingFollowsTheTerminalEvent()
    {
        await using RunHost host = await RunHost.StartAsync();
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("partial", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        CancelResult cancel = (await host.Runs.CancelAsync(id, RunHost.Caller, null, force: true, default))!;
        await host.Get<HybridAgents.Durable.IDurableClient>().WaitForCompletionAsync(id);

        cancel.Run.Status.ShouldBe(RunStatus.Cancelled);
        (await host.EventsAsync(id))[^1].Type.ShouldBe(RunEventTypes.RunCancelled);
        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }

    [Fact]
    public async Task Cancel_OfAnEndedRun_ChangesNothing()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunView ended = await host.RunAsync(RunHost.Ask("Hi"));
        CancelResult cancel = (await host.Runs.CancelAsync(ended.RunId, RunHost.Caller, null, force: false, default))!;

        cancel.AlreadyTerminal.ShouldBeTrue();
        cancel.Run.Status.ShouldBe(RunStatus.Completed);
        cancel.Run.LastEvent.ShouldBe(ended.LastEvent);
    }

    [Fact]
    public async Task Suspend_ThenResume_HoldsTheAnswerBackAndThenCompletes()
    {
        TaskCompletionSource reached = new(), go = new();
        TestTool tool = new("gate", async (_, token) =>
        {
            reached.TrySetResult();
            await go.Task.WaitAsync(token);
            return new ToolOutput("ok");
        });
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("gate", "{}")), Says("Done."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "gate"));
        await reached.Task.WaitAsync(RunHost.Patience);

        (await host.Runs.SuspendAsync(id, RunHost.Caller, default)).ShouldBe(true);
        (await host.Runs.SuspendAsync(id, RunHost.Caller, default)).ShouldBe(false);
        go.SetResult();
        await host.EventsAsync(id, until: RunEventTypes.ToolCompleted);
        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.Suspended);
        host.Models.Sent.Count.ShouldBe(1);

        (await host.Runs.ResumeAsync(id, RunHost.Caller, default)).ShouldBe(true);
        List<RunEvent> events = await host.EventsAsync(id);
        events[^1].Type.ShouldBe(RunEventTypes.RunCompleted);
        events.ShouldContain(entry => entry.Type == RunEventTypes.RunResumed);
    }

    [Fact]
    public async Task Cancel_OfASuspendedRun_EndsIt()
    {
        TaskCompletionSource reached = new(), go = new();
        TestTool tool = new("gate", async (_, token) =>
        {
            reached.TrySetResult();
            await go.Task.WaitAsync(token);
            return new ToolOutput("ok");
        });
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = Calls(("gate", "{}"));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "gate"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Runs.SuspendAsync(id, RunHost.Caller, default);
        go.SetResult();
        await host.Runs.CancelAsync(id, RunHost.Caller, null, force: false, default);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
    }
}
