using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class AgentRunTests
{
    [Fact]
    public async Task Run_PlainAnswer_CompletesWithUsageAndResult()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Hi"));

        run.Status.ShouldBe(RunStatus.Completed);
        run.Result!.Message!.Content.ShouldBe("Hello.");
        run.Result.FinishReason.ShouldBe("stop");
        run.Usage.ShouldBe(new UsageView(10, 5, 15, 0, 1, 0, run.Usage.EstimatedSavingsUsd));
        run.Usage.EstimatedSavingsUsd.ShouldBe(0.0000025m, "10 and 5 tokens at the prices of gpt-5-nano.");
        run.Progress.ShouldBe(new ProgressView(1, 16, "finished", "local", "small", run.Progress.ToolsRunning));
        run.Routing.Single().Attempts.Single().Outcome.ShouldBe("ok");
        run.CompletedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Run_ModelIsNotThere_SaysHowToGetIt()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunRequest request = RunHost.Ask("Hi");

        RunView run = await host.RunAsync(request with { Agent = request.Agent with { Model = "local:absent" } });

        run.Error!.Code.ShouldBe(RunErrorCodes.ProviderError);
        run.Error.Message.ShouldContain("POST /api/v1/models/pull");
        host.Models.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_TwoTools_TranscriptHasOneResultForEachCallInOrder()
    {
        TestTool first = new("first"), second = new("second");
        await using RunHost host = await RunHost.StartAsync(first, second);
        host.Models.Script = ByTurn(Calls(("first", "{}"), ("second", """{"x":1}""")), Says("Both are done."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first", "second"));

        run.Status.ShouldBe(RunStatus.Completed);
        IReadOnlyList<StoredMessage> messages = (await host.MessagesAsync(run.RunId))!;
        messages.Select(message => message.Message.Role).ShouldBe([MessageRole.User, MessageRole.Assistant, MessageRole.Tool, MessageRole.Tool, MessageRole.Assistant]);
        messages[1].Message.ToolCalls!.Select(call => call.Id).ShouldBe([messages[2].Message.ToolCallId, messages[3].Message.ToolCallId]);
        messages[2].Message.Content.ShouldBe("first ok");
        messages[4].Message.Content.ShouldBe("Both are done.");
        run.Usage.ModelCalls.ShouldBe(2);
        run.Usage.ToolCalls.ShouldBe(2);
        (await host.Runs.GetHistoryAsync(run.RunId, RunHost.Caller, default))!.Select(step => step.Step).ShouldBe(["1/model/0", "1/tool/0", "1/tool/1", "2/model/0"]);
    }

    [Fact]
    public async Task Events_OfARun_AreGaplessAndEndWithTheTerminalOne()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first"));
        List<RunEvent> events = await host.EventsAsync(id);

        events.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events.Select(entry => entry.Type).ShouldBe([
            "run.created", "run.started", "turn.started", "route.decided", "model.started", "message.completed", "tool.started", "tool.completed",
            "turn.started", "route.decided", "model.started", "message.delta", "message.completed", "run.completed"]);
        (await host.ViewAsync(id)).LastEvent.ShouldBe(events.Count);
        (await host.EventsAsync(id, startingAfter: 9)).Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(10, events.Count - 9).Select(number => (long)number));
        (await host.EventsAsync(id, startingAfter: events.Count)).ShouldBeEmpty();
    }

    [Fact]
    public async Task CallModel_FirstCandidateBreaksMidway_FailsOverAndResetsTheMessage()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Local("other:big"));
        host.Models.Script = (request, token) => (request.Model.Provider == "local" ? Fails(ProviderFault.StreamBroken, "half an ans") : Says("Whole answer."))(request, token);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        List<RunEvent> events = await host.EventsAsync(id);

        RunView run = await host.ViewAsync(id);
        run.Status.ShouldBe(RunStatus.Completed);
        run.Result!.Message!.Content.ShouldBe("Whole answer.");
        run.Routing.Single().Attempts.Select(attempt => attempt.Outcome).ShouldBe(["stream_broken", "ok"]);
        RunEvent reset = events.Single(entry => entry.Type == RunEventTypes.MessageReset);
        reset.Data.GetProperty("attempt").GetInt32().ShouldBe(2);
        reset.Data.GetProperty("reason").GetString().ShouldBe("stream_broken");
    }

    [Fact]
    public async Task CallModel_AllCandidatesFail_FailsWithThePrimaryError()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Local("other:big"));
        host.Models.Script = (request, token) => Fails(request.Model.Provider == "local" ? ProviderFault.Timeout : ProviderFault.ServerError)(request, token);
        RunView run = await host.RunAsync(RunHost.Ask("Hi"));

        run.Status.ShouldBe(RunStatus.Failed);
        run.Error!.Code.ShouldBe(RunErrorCodes.ProviderTimeout);
        run.Error.Details!.Value.GetProperty("provider").GetString().ShouldBe("local");
        run.Error.Details.Value.GetProperty("attempts").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task CallModel_ModelRepeatsCallIds_MakesThemUnique()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        ModelScript sameIds = (request, _) => Repeating(request);
        host.Models.Script = ByTurn(sameIds, sameIds, Says("Done."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));

        run.Status.ShouldBe(RunStatus.Completed);
        string[] ids = [.. (await host.MessagesAsync(run.RunId))!.SelectMany(message => message.Message.ToolCalls ?? []).Select(call => call.Id)];
        ids.Length.ShouldBe(4);
        ids.ShouldBeUnique();

        static async IAsyncEnumerable<ModelUpdate> Repeating(ModelRequest request)
        {
            yield return new ModelUpdate.ToolCallRequested(new("call_0", "first", "{}"));
            yield return new ModelUpdate.ToolCallRequested(new("call_0", "first", "{}"));
            await Task.CompletedTask;
            yield return new ModelUpdate.Finished("tool_calls", new(1, 1), request.Model.Model);
        }
    }

    [Fact]
    public async Task Run_LongerThanAGeneration_ContinuesAsNew()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = (request, token) => (Turn(request) < 20 ? Calls(("first", "{}")) : Says("Done."))(request, token);
        RunRequest request = RunHost.Ask("Go", "first");
        RunView run = await host.RunAsync(request with { Agent = request.Agent with { MaxTurns = 30 } });

        run.Status.ShouldBe(RunStatus.Completed);
        tool.Calls.Count.ShouldBe(20);
        tool.Calls.Select(call => call.IdempotencyKey).ShouldBeUnique();
        run.Progress.Turn.ShouldBe(21);
    }

    [Fact]
    public async Task Run_TwoHundredAtOnce_AllComplete()
    {
        TestTool first = new("first"), second = new("second");
        await using RunHost host = await RunHost.StartAsync(first, second);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Calls(("second", "{}")), Says("Done."));
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => host.StartRunAsync(RunHost.Ask($"Run {number}", "first", "second"))));
        RunView[] runs = await Task.WhenAll(ids.Select(host.EndOfAsync));

        runs.ShouldAllBe(run => run.Status == RunStatus.Completed && run.Usage.ModelCalls == 3);
        first.Calls.Count.ShouldBe(200);
        second.Calls.Count.ShouldBe(200);
    }
}
