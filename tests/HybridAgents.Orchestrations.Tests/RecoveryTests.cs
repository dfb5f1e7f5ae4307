using System.Collections.Concurrent;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class RecoveryTests
{
    /// <summary>A call that may be billed is on disk before it is made: a crash at once after it leaves the attempt, its cost and the reset.</summary>
    [Fact]
    public async Task Crash_AtOnceAfterACloudCallBegan_LosesNoAttempt()
    {
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", new(1m, 1m));
        host.Models.Script = (request, token) => (host.Models.Sent.Count == 1 ? Hangs("", reached) : Says("Done."))(request, token);
        string id = await host.StartRunAsync(RunHost.Ask("Go"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Usage.ModelCalls.ShouldBe(2);
        run.Usage.CostUsd.ShouldBeGreaterThan(0);
        run.Routing[0].Attempts.Select(attempt => attempt.Outcome).ShouldBe(["interrupted", "ok"]);
        events.Count(entry => entry.Type == RunEventTypes.MessageReset).ShouldBe(1);
    }

    /// <summary>Crashes while the n-th effect is under way: those before it are done once, it is done again, the run completes.</summary>
    [Theory]
    [InlineData("model 0")]
    [InlineData("first")]
    [InlineData("model 1")]
    [InlineData("second")]
    [InlineData("model 2")]
    public async Task Crash_DuringAStep_RepeatsThatStepAndNoOther(string crashAt)
    {
        ConcurrentQueue<string> effects = new();
        TaskCompletionSource reached = new();
        TestTool first = new("first", (_, token) => EffectAsync("first", token)), second = new("second", (_, token) => EffectAsync("second", token));
        await using RunHost host = await RunHost.StartAsync(first, second);
        ModelScript script = ByTurn(Calls(("first", "{}")), Calls(("second", "{}")), Says("Done."));
        host.Models.Script = (request, token) => HasToStop($"model {Turn(request)}") ? Hangs("", reached)(request, token) : script(request, token);
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first", "second"));
        await reached.Task.WaitAsync(RunHost.Patience);
        // A model call may begin before its step is on disk: a crash in between leaves no trace of it.
        if (crashAt.StartsWith("model", StringComparison.Ordinal))
            await host.EventsAsync(id, until: RunEventTypes.ModelStarted, startingAfter: 8 * (crashAt[^1] - '0'));
        await host.CrashAsync();
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        string[] all = ["model 0", "first", "model 1", "second", "model 2"];
        effects.ShouldBe(all.SelectMany(effect => effect == crashAt ? [effect, effect] : new[] { effect }));
        events.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events.Count(entry => entry.Type == RunEventTypes.MessageReset).ShouldBe(crashAt.StartsWith("model", StringComparison.Ordinal) ? 1 : 0);
        (await host.MessagesAsync(id))!.Count.ShouldBe(6);

        async Task<ToolOutput> EffectAsync(string name, CancellationToken token)
        {
            if (HasToStop(name))
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            return new("ok");
        }

        bool HasToStop(string effect)
        {
            bool firstTime = !effects.Contains(effect);
            effects.Enqueue(effect);
            return effect == crashAt && firstTime;
        }
    }

    [Fact]
    public async Task Restart_WhileTheModelStreams_InterruptsAndStartsTheMessageAgain()
    {
        await using RunHost host = await RunHost.StartAsync();
        TaskCompletionSource reached = new();
        host.Models.Script = (request, token) => reached.Task.IsCompleted ? Says("Whole.")(request, token) : Hangs("half", reached)(request, token);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.EventsAsync(id, until: RunEventTypes.MessageDelta);
        await host.RestartAsync();
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        run.Routing.Single().Attempts.Select(attempt => attempt.Outcome).ShouldBe(["interrupted", "ok"]);
        run.Usage.ModelCalls.ShouldBe(2);
        events.Where(entry => entry.Type == RunEventTypes.MessageDelta).Select(entry => entry.Data.GetProperty("attempt").GetInt32()).ShouldBe([1, 2]);
        events.Single(entry => entry.Type == RunEventTypes.MessageReset).Data.GetProperty("attempt").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("done", "It was sent.", 1, "It was sent.")]
    [InlineData("retry", null, 2, "sent")]
    [InlineData("fail", null, 1, "A person reviewed this call: it failed.")]
    public async Task Crash_DuringAnAtMostOnceTool_AsksForAReview(string decision, string? output, int executions, string result)
    {
        TaskCompletionSource letGo = new();
        (RunView run, RunHost host, TestTool tool) = await ReviewedAsync(new(), decision, output, letGo.Task);
        await using RunHost owned = host;

        run.Status.ShouldBe(RunStatus.Completed);
        tool.Calls.Count.ShouldBe(executions);
        (await host.MessagesAsync(run.RunId))![2].Message.Content.ShouldBe(result);
        host.Models.Sent.Count.ShouldBe(2);
        letGo.SetResult();
    }

    [Fact]
    public async Task Crash_DuringAnAtMostOnceToolThatIsGoneAfterwards_AsksForAReviewAllTheSame()
    {
        ManualTimeProvider time = new();
        TaskCompletionSource reached = new();
        TestTool tool = new("send", async (_, token) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new ToolOutput("sent");
        })
        { Definition = TestTool.Define("send") with { Effect = ToolEffect.AtMostOnce, Timeout = TimeSpan.FromMinutes(5) } };
        Shelf shelf = new() { Tools = [tool] };
        await using RunHost host = await RunHost.StartAsync(time, services => services.AddSingleton<IToolSource>(shelf));
        host.Models.Script = ByTurn(Calls(("send", """{"x":1}""")), Says("I see."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "send"));
        await reached.Task.WaitAsync(RunHost.Patience);
        shelf.Tools = [];
        await host.CrashAsync();
        time.Advance(TimeSpan.FromSeconds(31));
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);

        waiting.RequiredAction!.Type.ShouldBe("review");
        waiting.RequiredAction.Calls.Single().Arguments.GetRawText().ShouldBe("""{"x":1}""");
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Review(waiting.RequiredAction.Calls[0].CallId, "retry", null), default);
        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        (await host.MessagesAsync(id))![2].Message.Content.ShouldBe("There is no tool named 'send'.");
        tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Crash_DuringAnApprovedCall_IsReviewedWithoutAnExpiryAndStaysApproved()
    {
        ManualTimeProvider time = new();
        TaskCompletionSource reached = new(), letGo = new();
        TestTool tool = new("send", async (_, _) =>
        {
            reached.TrySetResult();
            await letGo.Task;
            return new ToolOutput("sent");
        })
        { Definition = TestTool.Define("send") with { Effect = ToolEffect.AtMostOnce, Approval = ToolApproval.Always, Timeout = TimeSpan.FromMinutes(5) } };
        await using RunHost host = await RunHost.StartAsync(time, tool);
        host.Models.Script = ByTurn(Calls(("send", "{}")), Says("Done."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "send"));
        string call = (await host.WaitForStatusAsync(id, RunStatus.RequiresAction)).RequiredAction!.Calls.Single().CallId;
        await ApproveAsync(true, AnswerResult.Accepted);
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        time.Advance(TimeSpan.FromSeconds(31)); // past the claim's lease
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);

        waiting.RequiredAction!.Type.ShouldBe("review");
        waiting.RequiredAction.Calls.Single().ExpiresAt.ShouldBeNull();
        await ApproveAsync(true, AnswerResult.Accepted);
        await ApproveAsync(false, AnswerResult.Conflict);
        (await host.ViewAsync(id)).RequiredAction!.Type.ShouldBe("review");
        letGo.SetResult();

        async Task ApproveAsync(bool approved, AnswerResult expected) =>
            (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call, approved, null), default)).ShouldBe(expected);
    }

    [Fact]
    public async Task Crash_ReviewAnsweredFailWithFailOnReject_FailsTheRun()
    {
        TaskCompletionSource letGo = new();
        (RunView run, RunHost host, TestTool tool) = await ReviewedAsync(new() { FailOnReject = true }, "fail", null, letGo.Task);
        await using RunHost owned = host;

        run.Error!.Code.ShouldBe(RunErrorCodes.ReviewRejected);
        tool.Calls.Count.ShouldBe(1);
        host.Models.Sent.Count.ShouldBe(1);
        letGo.SetResult();
    }

    [Fact]
    public async Task Crash_WhileWaitingForAnApproval_StillTakesTheAnswer()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        RunRequest request = RunHost.Ask("Go", "first");
        string id = await host.StartRunAsync(request with { Approval = new() { Tools = ["first"] } });
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        await host.CrashAsync();
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(waiting.RequiredAction!.Calls[0].CallId, true, null), default);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        tool.Calls.Count.ShouldBe(1);
    }

    /// <summary>The end of a run whose host died in the middle of an at-most-once tool, and whose review a person answered.</summary>
    private static async Task<(RunView Run, RunHost Host, TestTool Tool)> ReviewedAsync(ApprovalSettings approval, string decision, string? output, Task letGo)
    {
        ManualTimeProvider time = new();
        TaskCompletionSource reached = new();
        TestTool tool = new("send", async (_, _) =>
        {
            if (reached.TrySetResult())
                await letGo; // A stopping host lets it finish.
            return new ToolOutput("sent");
        })
        { Definition = TestTool.Define("send") with { Effect = ToolEffect.AtMostOnce, Timeout = TimeSpan.FromMinutes(5) } };
        RunHost host = await RunHost.StartAsync(time, tool);
        host.Models.Script = ByTurn(Calls(("send", "{}")), Says("Done."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "send") with { Approval = approval });
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        time.Advance(TimeSpan.FromSeconds(31)); // past the claim's lease
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        string call = waiting.RequiredAction!.Calls.Single().CallId;
        tool.Calls.Count.ShouldBe(1);
        waiting.RequiredAction.Type.ShouldBe("review");

        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Review(call, decision, output), default)).ShouldBe(AnswerResult.Accepted);
        RunView run = await host.EndOfAsync(id);
        return (run, host, tool);
    }

    private sealed class Shelf : IToolSource
    {
        public IReadOnlyList<ITool> Tools { get; set; } = [];

        public ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken) => new(Tools);
    }
}
