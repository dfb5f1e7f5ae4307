using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Workflows;
using HybridAgents.TestSupport;

namespace HybridAgents.Orchestrations.Tests.Workflows;

public sealed class WorkflowWaitTests
{
    private const string Gate = """{"id":"gate","type":"approval","message":"Go {{input.topic}}?","timeout_seconds":60,"on_reject":"continue"}""";
    private const string Verdict = """["{{steps.gate.output.approved}}","{{steps.gate.output.decision}}","{{steps.gate.output.comment}}"]""";
    private const string Wait = """{"id":"w","type":"wait","event":"paid","timeout_seconds":60,"on_timeout":"continue"}""";

    [Theory]
    [InlineData(true, """[true,"approve","fine"]""")]
    [InlineData(false, """[false,"reject","fine"]""")]
    public async Task Approval_ThatIsAnswered_SaysHow(bool approved, string expected)
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(Gate, """{"topic":"tea"}""", $",\"output\":{Verdict}");
        RunView asked = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        RequiredCallView call = asked.RequiredAction!.Calls.ShouldHaveSingleItem();
        call.CallId.ShouldBe("gate");
        call.Arguments.GetRawText().ShouldBe("""{"message":"Go tea?"}""");
        asked.Workflow!.Steps.ShouldHaveSingleItem().WaitsFor.ShouldBe("approval");

        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval("gate", approved, "fine"), default)).ShouldBe(AnswerResult.Accepted);
        RunView run = await host.EndOfAsync(id);

        run.Result!.Message!.Content.ShouldBe(expected);
        run.Workflow!.Steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Approval_ThatIsRefused_FailsTheRunUnlessItGoesOn()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync("""{"id":"gate","type":"approval","message":"Go?"}""");
        await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval("gate", false, "too early"), default);
        RunView run = await host.EndOfAsync(id);

        run.Error!.Code.ShouldBe("approval_rejected");
        run.Error.Message.ShouldBe("The step 'gate' was not approved: A person refused this call: too early");
    }

    [Fact]
    public async Task Approval_ThatNobodyGives_ExpiresAndTimeStandsStill()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await WorkflowTest.StartAsync(time);
        RunRequest request = await host.RequestAsync(Gate, """{"topic":"tea"}""", $",\"output\":{Verdict}");
        string id = await host.StartRunAsync(request with { Limits = new() { TimeoutSeconds = 30 } });
        await host.SleepsAsync(id);
        time.Advance(TimeSpan.FromSeconds(61));

        (await host.EndOfAsync(id)).Result!.Message!.Content.ShouldBe("""[false,"expired",null]""");
    }

    [Fact]
    public async Task Event_BeforeOrAfterTheWaitBegins_IsTakenOnceInOrder()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        IRunEvents events = host.Get<IRunEvents>();
        string id = await host.StartAsync(
            Gate + "," + Wait + "," + Wait.Replace("\"w\"", "\"v\"", StringComparison.Ordinal), """{"topic":"tea"}""",
            ""","output":["{{steps.w.output.data.n}}","{{steps.w.output.timed_out}}","{{steps.v.output.data}}"]""");
        await host.WaitForStatusAsync(id, RunStatus.RequiresAction);

        (await events.PostAsync(id, RunHost.Caller, "paid", """{"n":1}""", "first", default)).ShouldBe(EventOutcome.Taken);
        (await events.PostAsync(id, RunHost.Caller, "paid", """{"n":2}""", "first", default)).ShouldBe(EventOutcome.Repeated);
        (await events.PostAsync(id, RunHost.Caller, "other", "0", null, default)).ShouldBe(EventOutcome.Taken);
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval("gate", true, null), default);
        RunView waiting = await UntilAsync(host, id, view => view.Workflow!.Steps is [{ Step: "v", Status: "waiting" }]);
        waiting.Status.ShouldBe(RunStatus.InProgress);
        waiting.Workflow!.Steps[0].WaitsFor.ShouldBe("event");
        (await events.PostAsync(id, RunHost.Caller, "paid", "\"two\"", null, default)).ShouldBe(EventOutcome.Taken);
        RunView run = await host.EndOfAsync(id);

        run.Result!.Message!.Content.ShouldBe("""[1,false,"two"]""");
        (await events.PostAsync(id, RunHost.Caller, "paid", "3", null, default)).ShouldBe(EventOutcome.Ended);
        (await events.PostAsync(id, new("other", "key"), "paid", "3", null, default)).ShouldBe(EventOutcome.NotFound);
        (await events.PostAsync(await host.StartRunAsync(RunHost.Ask("Hi")), RunHost.Caller, "paid", "3", null, default)).ShouldBe(EventOutcome.NotTaken);
    }

    [Theory]
    [InlineData("continue", RunStatus.Completed, "true")]
    [InlineData("fail", RunStatus.Failed, "The step 'w' failed: The event did not come in time.")]
    public async Task Event_ThatDoesNotCome_EndsTheWait(string policy, RunStatus status, string said)
    {
        ManualTimeProvider time = new();
        await using RunHost host = await WorkflowTest.StartAsync(time);
        RunRequest request = await host.RequestAsync(Wait.Replace("continue", policy, StringComparison.Ordinal), rest: ""","output":"{{steps.w.output.timed_out}}" """);
        string id = await host.StartRunAsync(request with { Limits = new() { TimeoutSeconds = 604_800 } }); // The clock may go on before it is read.
        await UntilAsync(host, id, view => view.Workflow!.Steps is [{ Status: "waiting" }]);
        time.Advance(TimeSpan.FromSeconds(59));
        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.InProgress);
        await AdvanceToEndAsync(host, id, time, TimeSpan.FromSeconds(2));
        RunView run = await host.ViewAsync(id);

        run.Status.ShouldBe(status);
        (run.Error?.Message ?? run.Result!.Message!.Content).ShouldBe(said);
    }

    [Fact]
    public async Task Timer_OfTwoHours_SurvivesARestart()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await WorkflowTest.StartAsync(time);
        RunRequest request = await host.RequestAsync("""{"id":"w","type":"wait","seconds":7200},{"id":"u","type":"wait","until":"2000-01-01T00:00:00Z"},{"id":"a","type":"agent","input":"x"}""");
        string id = await host.StartRunAsync(request with { Limits = new() { TimeoutSeconds = 604_800 } });
        await UntilAsync(host, id, view => view.Workflow!.Steps is [{ Status: "waiting" }]);
        await host.RestartAsync();
        await AdvanceToEndAsync(host, id, time, TimeSpan.FromMinutes(1));

        (await host.ViewAsync(id)).Result!.Message!.Content.ShouldBe("[x]");
    }

    [Theory]
    [InlineData("""{"id":"s","type":"approval","message":"Go?"}""")]
    [InlineData("""{"id":"s","type":"wait","event":"paid"}""")]
    [InlineData("""{"id":"s","type":"wait","seconds":1000}""")]
    [InlineData("""{"id":"s","type":"parallel","branches":[{"name":"a","steps":[{"id":"sa","type":"wait","event":"x"}]},{"name":"b","steps":[{"id":"sb","type":"approval","message":"Go?"}]}]}""")]
    [InlineData("""{"id":"s","type":"loop","until":"true","steps":[{"id":"sa","type":"wait","seconds":1000}]}""")]
    public async Task Cancel_OfAWaitingStep_EndsTheRunAndAllBelowIt(string step)
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(step);
        await UntilAsync(host, id, view => view.Workflow!.Steps.Count > 0 && view.Progress.Agents.All(agent => agent.Status is not RunStatus.Queued));
        await host.Runs.CancelAsync(id, RunHost.Caller, "enough", force: false, default);
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Cancelled);
        run.Progress.Agents.ShouldAllBe(agent => agent.Status == RunStatus.Cancelled);
    }

    [Fact]
    public async Task Suspend_WhileAnEventIsWaitedFor_HoldsTheRunUntilItIsResumed()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(Wait);
        await UntilAsync(host, id, view => view.Workflow!.Steps is [{ Status: "waiting" }]);
        (await host.Runs.SuspendAsync(id, RunHost.Caller, default)).ShouldBe(true);
        await host.Get<IRunEvents>().PostAsync(id, RunHost.Caller, "paid", "1", null, default);
        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.Suspended);
        (await host.Runs.ResumeAsync(id, RunHost.Caller, default)).ShouldBe(true);

        JsonElement.Parse((await host.EndOfAsync(id)).Result!.Message!.Content!).GetProperty("data").GetInt32().ShouldBe(1);
    }

    private static async Task<RunView> UntilAsync(RunHost host, string id, Func<RunView, bool> condition)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (true)
        {
            RunView view = await host.ViewAsync(id);
            if (condition(view))
                return view;
            view.Status.IsTerminal().ShouldBeFalse(view.Error?.Message);
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task AdvanceToEndAsync(RunHost host, string id, ManualTimeProvider time, TimeSpan step)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (await host.ViewAsync(id) is { Status: var status } view && !status.IsTerminal())
        {
            patience.Token.ThrowIfCancellationRequested();
            if (view.Workflow!.Steps is [{ Status: "waiting" }])
                time.Advance(step);
            await Task.Yield();
        }
    }
}
