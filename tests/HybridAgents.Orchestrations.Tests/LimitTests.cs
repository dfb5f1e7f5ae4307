using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task MaxTurns_LastTurn_OffersNoTools()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        host.Models.Script = (request, token) => (request.Tools.Count > 0 ? Calls(("first", "{}")) : Says("Enough."))(request, token);
        RunView run = await host.RunAsync(WithTurns(RunHost.Ask("Go", "first"), 3));

        run.Status.ShouldBe(RunStatus.Completed);
        run.Usage.ModelCalls.ShouldBe(3);
        run.Result!.Message!.Content.ShouldBe("Enough.");
    }

    [Fact]
    public async Task MaxTurns_ModelNeverAnswers_FailsWithoutRunningTheLastCalls()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = Calls(("first", "{}"));
        RunView run = await host.RunAsync(WithTurns(RunHost.Ask("Go", "first"), 2));

        run.Status.ShouldBe(RunStatus.Failed);
        run.Error!.Code.ShouldBe(RunErrorCodes.MaxTurnsExceeded);
        tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Timeout_WhileTheModelStreams_KeepsThePartAndFailsWithRunTimeout()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("partial", reached);
        RunRequest request = RunHost.Ask("Hi");
        string id = await host.StartRunAsync(request with { Limits = new() { TimeoutSeconds = 20 } });
        await reached.Task.WaitAsync(RunHost.Patience);
        time.Advance(TimeSpan.FromSeconds(21));
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Failed);
        run.Error!.Code.ShouldBe(RunErrorCodes.RunTimeout);
        run.Result!.Message!.Content.ShouldBe("partial");
    }

    [Theory]
    [InlineData("context", RunErrorCodes.ContextLengthExceeded)]
    [InlineData("tools", RunErrorCodes.ToolNotSupported)]
    [InlineData("down", RunErrorCodes.ProviderError)]
    [InlineData("tokens", RunErrorCodes.BudgetExceeded)]
    [InlineData("price", RunErrorCodes.BudgetExceeded)]
    public async Task Plan_NobodyMayServe_FailsWithTheReason(string cause, string code)
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        RunRequest request = RunHost.Ask(cause == "context" ? string.Join(' ', Enumerable.Repeat("word", 9000)) : "Hi", "first");
        host.Models.Models[0] = cause == "price" ? Cloud("cloud:big") : Local("local:small", tools: cause != "tools");
        if (cause == "down")
            host.Models.Health[Ref("local:small")] = new ModelHealth(Available: false, null, 0);
        RunView run = await host.RunAsync(request with
        {
            Limits = new() { MaxTotalTokens = cause == "tokens" ? 3 : null, MaxCostUsd = cause == "price" ? 1 : null },
        });

        run.Error!.Code.ShouldBe(code);
        run.Status.ShouldBe(RunStatus.Failed);
        host.Models.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task MaxCost_ReachedMidway_FailsBeforeTheCallThatWouldExceedIt()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        host.Models.Models[0] = Cloud("cloud:big", new ModelPrice(1_000, 1_000)); // a tenth of a cent a token
        host.Models.Script = Calls(("first", "{}"));
        RunRequest request = RunHost.Ask("Go", "first");
        string id = await host.StartRunAsync(request with { Agent = request.Agent with { MaxTokens = 10 }, Limits = new() { MaxCostUsd = 0.5m } });
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Error!.Code.ShouldBe(RunErrorCodes.BudgetExceeded);
        run.Usage.CostUsd.ShouldBeInRange(0.001m, 0.5m);
        events.ShouldNotContain(entry => entry.Type == RunEventTypes.RunCompleted);
    }

    [Fact]
    public async Task Plan_LongConversation_IsCutToTheWindowButKeepsTheNewestQuestion()
    {
        await using RunHost host = await RunHost.StartAsync();
        string filler = string.Join(' ', Enumerable.Repeat("word", 2000));
        RunRequest request = new() { Agent = new() { Tools = [] }, Messages = [Message.User(filler), Message.Assistant(filler), Message.User(filler), Message.Assistant(filler), Message.User("And now?")] };
        RunView run = await host.RunAsync(request);

        run.Status.ShouldBe(RunStatus.Completed);
        ModelRequest sent = host.Models.Sent.Single().Value;
        sent.Messages.Count.ShouldBeLessThan(6);
        sent.Messages[^1].Content.ShouldBe("And now?");
        (await host.MessagesAsync(run.RunId))!.Count.ShouldBe(6);
    }

    private static RunRequest WithTurns(RunRequest request, int turns) => request with { Agent = request.Agent with { MaxTurns = turns } };
}
