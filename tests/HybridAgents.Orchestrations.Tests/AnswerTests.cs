using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class AnswerTests
{
    private readonly TestTool _tool = new("first");

    [Fact]
    public async Task Approval_Given_RunsTheTool()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"] });
        _tool.Calls.ShouldBeEmpty();

        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Accepted);
        List<RunEvent> events = await host.EventsAsync(id);

        _tool.Calls.Count.ShouldBe(1);
        (await host.ViewAsync(id)).Status.ShouldBe(RunStatus.Completed);
        events.Select(entry => entry.Type).SkipWhile(type => type != RunEventTypes.ApprovalRequested).Take(5).ShouldBe(
            ["approval.requested", "action.required", "approval.resolved", "tool.started", "tool.completed"]);
    }

    [Fact]
    public async Task Approval_TakenByAProcessThatDiedBeforeItWokeTheRun_WakesItWhenGivenAgain()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"] });
        await host.Get<Mailbox>().PutAsync(id, RunKeys.Mail(Mailbox.Approval, call, 0), new("approve", null), CancellationToken.None);

        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Accepted);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        _tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Approval_Refused_IsToldToTheModel()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"] });
        await AnswerAsync(host, id, call, false, "not today");
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        _tool.Calls.ShouldBeEmpty();
        (await host.MessagesAsync(id))![2].Message.Content.ShouldBe("A person refused this call: not today");
    }

    [Fact]
    public async Task Approval_RefusedWithFailOnReject_FailsTheRun()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"], FailOnReject = true });
        await AnswerAsync(host, id, call, false);

        (await host.EndOfAsync(id)).Error!.Code.ShouldBe(RunErrorCodes.ApprovalRejected);
        (await host.MessagesAsync(id))!.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Approval_NotGivenInTime_CountsAsConfigured(bool approveOnTimeout, int executions)
    {
        ManualTimeProvider time = new();
        await using RunHost host = await StartAsync(time);
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"], TimeoutSeconds = 3_600, ApproveOnTimeout = approveOnTimeout });
        for (int recheck = 0; recheck < 12; recheck++) // Longer than the run may take: waiting for a person does not count.
        {
            await host.SleepsAsync(id);
            time.Advance(TimeSpan.FromMinutes(5));
        }

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        _tool.Calls.Count.ShouldBe(executions);
        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Conflict);
    }

    [Fact]
    public async Task Approval_AnsweredTwice_TheFirstStands()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"] });
        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Accepted);
        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Accepted);
        (await AnswerAsync(host, id, call, false)).ShouldBe(AnswerResult.Conflict);
        (await AnswerAsync(host, id, "no_such_call", true)).ShouldBe(AnswerResult.NotFound);
        (await AnswerAsync(host, "run_00000000000000000000000000", call, true)).ShouldBe(AnswerResult.NotFound);
    }

    [Fact]
    public async Task Approvals_OfTwoCalls_AreAskedTogetherAndShrinkAsTheyAreAnswered()
    {
        await using RunHost host = await StartAsync();
        host.Models.Script = ByTurn(Calls(("first", """{"x":1}"""), ("first", """{"x":2}""")), Says("Done."));
        (string id, _) = await WaitingAsync(host, new() { Tools = ["first"] });
        RunView waiting = await host.ViewAsync(id);
        waiting.RequiredAction!.Calls.Select(call => call.Arguments.GetProperty("x").GetInt32()).ShouldBe([1, 2]);

        await AnswerAsync(host, id, waiting.RequiredAction.Calls[1].CallId, true);
        RunView half = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        half.RequiredAction!.Calls.Single().CallId.ShouldBe(waiting.RequiredAction.Calls[0].CallId);
        await AnswerAsync(host, id, waiting.RequiredAction.Calls[0].CallId, false);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        _tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ClientTool_OutputPosted_GoesToTheModel()
    {
        await using RunHost host = await StartAsync();
        host.Models.Script = ByTurn(Calls(("ask_user", """{"question":"Colour?"}""")), Says("Blue it is."));
        RunRequest request = RunHost.Ask("Go");
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"question":{"type":"string"}}}""");
        string id = await host.StartRunAsync(request with { Agent = request.Agent with { ClientTools = [new ToolSpec("ask_user", "Asks.", schema)] } });
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        waiting.RequiredAction!.Type.ShouldBe("tool_outputs");
        string call = waiting.RequiredAction.Calls.Single().CallId;

        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.ToolOutput(call, "blue", false), default)).ShouldBe(AnswerResult.Accepted);
        RunView run = await host.EndOfAsync(id);
        run.Status.ShouldBe(RunStatus.Completed);
        host.Models.Sent[1].Value.Messages[^1].Content.ShouldBe("blue");
        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.ToolOutput(call, "red", false), default)).ShouldBe(AnswerResult.Conflict);
    }

    [Fact]
    public async Task ClientTool_NeverAnswered_TimesOutWithTheRun()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await StartAsync(time);
        host.Models.Script = Calls(("ask_user", "{}"));
        RunRequest request = RunHost.Ask("Go");
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object"}""");
        string id = await host.StartRunAsync(request with { Agent = request.Agent with { ClientTools = [new ToolSpec("ask_user", "Asks.", schema)] } });
        await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        await host.SleepsAsync(id);
        time.Advance(TimeSpan.FromSeconds(601));

        (await host.EndOfAsync(id)).Error!.Code.ShouldBe(RunErrorCodes.RunTimeout);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheRunWithoutTheTool()
    {
        await using RunHost host = await StartAsync();
        (string id, string call) = await WaitingAsync(host, new() { Tools = ["first"] });
        await host.Runs.CancelAsync(id, RunHost.Caller, null, force: false, default);

        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Cancelled);
        _tool.Calls.ShouldBeEmpty();
        (await AnswerAsync(host, id, call, true)).ShouldBe(AnswerResult.Ended);
    }

    private async Task<RunHost> StartAsync(TimeProvider? time = null)
    {
        RunHost host = await RunHost.StartAsync(time, _tool);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        return host;
    }

    private static async Task<(string Id, string Call)> WaitingAsync(RunHost host, ApprovalSettings approval)
    {
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first") with { Approval = approval });
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        waiting.RequiredAction!.Type.ShouldBe("approval");
        return (id, waiting.RequiredAction.Calls[0].CallId);
    }

    private static Task<AnswerResult> AnswerAsync(RunHost host, string id, string call, bool approved, string? comment = null) =>
        host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call, approved, comment), default);
}
