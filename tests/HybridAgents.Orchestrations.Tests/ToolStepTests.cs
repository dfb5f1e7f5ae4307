using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
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

    [Fact]
    public async Task Call_Done_TellsWatchersArgumentsOutputAndDuration()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time, new TestTool("first", (_, _) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(new ToolOutput("first ok"));
        }));
        host.Models.Script = ByTurn(Calls(("first", """{"x":1}""")), Says("Done."));
        List<RunEvent> events = await host.EventsAsync(await host.StartRunAsync(RunHost.Ask("Go", "first")));

        Fields(events, RunEventTypes.ToolStarted).ShouldBe("""{"turn":1,"call_id":"c0_0","tool":"first","arguments":{"x":1}}""");
        Fields(events, RunEventTypes.ToolCompleted).ShouldBe("""{"turn":1,"call_id":"c0_0","tool":"first","is_error":false,"output":"first ok","duration_ms":250}""");
    }

    [Fact]
    public async Task Call_RefusedBeforeItsStart_TellsWatchersItsArguments()
    {
        await using RunHost host = await RunHost.StartAsync(new TestTool("first"));
        host.Models.Script = ByTurn(Calls(("first", "{not json")), Says("I see."));
        List<RunEvent> events = await host.EventsAsync(await host.StartRunAsync(RunHost.Ask("Go", "first")));

        events.ShouldNotContain(entry => entry.Type == RunEventTypes.ToolStarted);
        Fields(events, RunEventTypes.ToolCompleted).ShouldBe(
            """{"turn":1,"call_id":"c0_0","tool":"first","arguments":"{not json","is_error":true,"output":"The arguments are not valid JSON.","duration_ms":0}""");
    }

    [Fact]
    public async Task Call_LongArgumentsAndOutput_AreBoundedForWatchers()
    {
        string text = new('ä', 5_000);
        TestTool tool = new("first", (_, _) => Task.FromResult(new ToolOutput(text)))
        {
            Definition = TestTool.Define("first") with { Parameters = System.Text.Json.JsonElement.Parse("""{"type":"object"}""") },
        };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("first", $$"""{"text":"{{text}}"}""")), Says("Done."));
        List<RunEvent> events = await host.EventsAsync(await host.StartRunAsync(RunHost.Ask("Go", "first")));

        string arguments = events.Single(entry => entry.Type == RunEventTypes.ToolStarted).Data.GetProperty("arguments").GetString()!;
        arguments.ShouldStartWith("""{"text":"ää""");
        System.Text.Encoding.UTF8.GetByteCount(arguments).ShouldBeInRange(2_047, 2_048);
        System.Text.Json.JsonElement completed = events.Single(entry => entry.Type == RunEventTypes.ToolCompleted).Data;
        completed.GetProperty("output").GetString()!.Length.ShouldBe(1_024);
        completed.GetProperty("output_shortened").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Call_OfACachedTool_RunsOnceForTheSameArguments()
    {
        TestTool tool = new("first") { Definition = TestTool.Define("first") with { CacheLifetime = TimeSpan.FromMinutes(1) } };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("first", """{"x":1}""")), Calls(("first", """{ "x": 1 }""")), Says("Done."));
        List<RunEvent> events = await host.EventsAsync(await host.StartRunAsync(RunHost.Ask("Go", "first")));

        tool.Calls.Count.ShouldBe(1);
        events.Where(entry => entry.Type == RunEventTypes.ToolCompleted).Select(entry => entry.Data.TryGetProperty("cached", out _)).ShouldBe([false, true]);
    }

    [Theory]
    [InlineData(ToolRole.User, 0)]
    [InlineData(ToolRole.Admin, 1)]
    public async Task Call_ThatNeedsAnAdministrator_RunsForOneOnly(ToolRole role, int calls)
    {
        TestTool tool = new("first") { Definition = TestTool.Define("first") with { RequiredRole = ToolRole.Admin } };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("I see."));
        RunStart start = await host.Runs.StartAsync(RunHost.Ask("Go", "first") with { Role = ToolRole.Admin }, RunHost.Caller with { Role = role }, null, default);
        await host.EndOfAsync(start.Run!.RunId);

        tool.Calls.Count.ShouldBe(calls);
        host.Models.Sent[0].Value.Tools.Count.ShouldBe(calls);
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

    private static string Fields(List<RunEvent> events, string type) => events.Single(entry => entry.Type == type).Data.GetRawText();
}
