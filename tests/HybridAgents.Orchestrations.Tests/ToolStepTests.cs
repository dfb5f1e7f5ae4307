using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class ToolStepTests
{
    [Theory]
    [InlineData("unknown", "{}", "There is no tool named")]
    [InlineData("first", "{not json", "not valid JSON")]
    [InlineData("first", """{"x":"text"}""", "do not fit the tool's schema")]
    [InlineData("first", """{"y":1}""", "do not fit the tool's schema")]
    public async Task Call_ThatCannotBeCarriedOut_IsToldToTheModel(string name, string arguments, string told)
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls((name, arguments)), Says("I see."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));

        run.Status.ShouldBe(RunStatus.Completed);
        tool.Calls.ShouldBeEmpty();
        (await host.MessagesAsync(run.RunId))![2].Message.Content!.ShouldContain(told);
    }

    [Fact]
    public async Task Call_ToolThrows_IsAnErrorResultWithoutTheMessage()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first", (_, _) => throw new InvalidOperationException("secret inside")));
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("I see."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));

        (await host.MessagesAsync(run.RunId))![2].Message.Content.ShouldBe("The tool failed (InvalidOperationException).");
        (await host.Runs.GetHistoryAsync(run.RunId, RunHost.Caller, default))!.Single(step => step.Kind == "tool").Outcome.ShouldBe("error");
    }

    [Fact]
    public async Task Call_ToolIgnoresItsToken_EndsAtTheTimeout()
    {
        TestTool tool = new("stuck", async (_, _) =>
        {
            await new TaskCompletionSource().Task;
            return new ToolOutput("never");
        })
        { Definition = TestTool.Define("stuck") with { Timeout = TimeSpan.FromSeconds(1) } };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("stuck", "{}")), Says("I see."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "stuck"));

        run.Status.ShouldBe(RunStatus.Completed);
        (await host.MessagesAsync(run.RunId))![2].Message.Content.ShouldBe("The tool gave no answer within 1 s.");
    }

    [Fact]
    public async Task Call_LongOutput_IsShortenedForTheModel()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first", (_, _) => Task.FromResult(new ToolOutput(new string('ä', 600_000)))));
        host.Models.Models[0] = Local("local:small", window: 200_000);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Long."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));

        run.Status.ShouldBe(RunStatus.Completed);
        string told = host.Models.Sent[1].Value.Messages[^1].Content!;
        told.ShouldEndWith("[output shortened: 16384 of 1200000 bytes]");
        told.Length.ShouldBeLessThan(9_000);
    }

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 2)]
    public async Task Calls_OfOneTurn_RunSideBySideUnlessSequential(bool parallel, bool sequential, int together)
    {
        int running = 0, most = 0;
        TaskCompletionSource both = new();
        TestTool tool = new("first", async (_, token) =>
        {
            int now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            if (now == 2 || together == 1)
                both.TrySetResult();
            await both.Task.WaitAsync(token);
            Interlocked.Decrement(ref running);
            return new ToolOutput("ok");
        })
        { Definition = TestTool.Define("first") with { Sequential = sequential } };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("first", """{"x":1}"""), ("first", """{"x":2}""")), Says("Done."));
        RunRequest request = RunHost.Ask("Go", "first");
        RunView run = await host.RunAsync(request with { Agent = request.Agent with { ParallelTools = parallel } });

        run.Status.ShouldBe(RunStatus.Completed);
        most.ShouldBe(together);
    }
}
