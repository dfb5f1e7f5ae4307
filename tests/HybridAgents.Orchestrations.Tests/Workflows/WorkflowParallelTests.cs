using System.Collections.Concurrent;
using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.Tests.Workflows;

public sealed class WorkflowParallelTests
{
    [Fact]
    public async Task Branches_SideBySide_SeeWhatRanBeforeAndGiveTheirLastOutput()
    {
        await using RunHost host = await WorkflowTest.StartAsync();

        JsonElement output = await host.OutputAsync(
            """
            {"id":"a","type":"agent","input":"start"},
            {"id":"p","type":"parallel","branches":[
              {"name":"left","steps":[{"id":"l1","type":"agent","input":"l{{steps.a.output.text}}"},{"id":"l2","type":"agent","input":"m{{steps.l1.output.text}}"}]},
              {"name":"right","steps":[{"id":"r","type":"parallel","branches":[{"name":"deep","steps":[{"id":"d","type":"agent","input":"d{{steps.a.output.text}}"}]}]}]}]}
            """,
            output: """["{{steps.p.output.branches.left.text}}","{{steps.p.output.branches.right.data.branches.deep.text}}","{{steps.p.output.failed}}"]""");

        output.GetRawText().ShouldBe("""["[m[l[start]]]","[d[start]]",0]""");
    }

    [Fact]
    public async Task Items_EachByItself_KeepTheirOrderAndTheBound()
    {
        int calls = 0;
        TaskCompletionSource second = new();
        TestTool work = new("work", async (call, token) =>
        {
            if (Interlocked.Increment(ref calls) == 2)
                second.SetResult();
            await second.Task.WaitAsync(token); // Two do run side by side.
            return new(call.Arguments.GetProperty("x").GetRawText());
        })
        { Definition = TestTool.Define("work") };
        await using RunHost host = await WorkflowTest.StartAsync(tools: work);

        string id = await host.StartAsync(
            """{"id":"p","type":"parallel","items":"{{input.list}}","max_concurrency":2,"steps":[{"id":"w","type":"tool","tool":"work","arguments":{"x":"{{item.n}}"}}]}""",
            """{"list":[{"n":5},{"n":4},{"n":3},{"n":2},{"n":1}]}""", ""","output":["{{join(steps.p.output.items, ' ')}}","{{steps.p.output.items[1].text}}"]""");

        (await host.EndOfAsync(id)).Result!.Message!.Content.ShouldBe("""["5 4 3 2 1","4"]""");
        HashSet<int?> running = [];
        List<int> counts = [];
        foreach (HistoryEntry entry in await host.Get<IDurableClient>().GetHistoryAsync(id))
        {
            if (entry.Kind == "sub_orchestration_started")
                running.Add(entry.TaskId);
            else if (entry.Kind == "task_completed")
                running.Remove(entry.TaskId);
            counts.Add(running.Count);
        }

        counts.Max().ShouldBe(2);
    }

    [Theory]
    [InlineData("fail", "The step 'p' failed: 1 of 2 branches failed. bad: This branch failed (step_failed): The step 'b' failed: no luck")]
    [InlineData("continue", """["[x]","This branch failed (step_failed): The step 'b' failed: no luck",1]""")]
    public async Task Branch_ThatFails_NeverLosesTheOthers(string policy, string expected)
    {
        await using RunHost host = await WorkflowTest.StartAsync(tools: WorkflowTest.Tool("broken", _ => ToolOutput.Error("no luck")));
        string id = await host.StartAsync(
            $$"""{"id":"p","type":"parallel","on_failure":"{{policy}}","branches":[{"name":"good","steps":[{"id":"a","type":"agent","input":"x"}]},{"name":"bad","steps":[{"id":"b","type":"tool","tool":"broken"}]}]}""",
            rest: ""","output":["{{steps.p.output.branches.good.text}}","{{steps.p.output.branches.bad.error}}","{{steps.p.output.failed}}"]""");
        RunView run = await host.EndOfAsync(id);

        (run.Error?.Message ?? run.Result!.Message!.Content).ShouldBe(expected);
        run.Progress.Agents.Select(agent => (agent.Path, agent.Status)).ShouldBe(
            [("p.good", RunStatus.Completed), ("p.bad", RunStatus.Failed), ("p.good/a", RunStatus.Completed)], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"list":{}}""", "items is no list; a list is needed.")]
    [InlineData("""{"list":null}""", "items is null; a list is needed.")]
    [InlineData("""{"list":[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0]}""", "items has 51 members; at most 50 are allowed.")]
    public async Task Items_ThatAreNoneOrTooMany_FailTheStep(string said, string why)
    {
        await using RunHost host = await WorkflowTest.StartAsync(tools: WorkflowTest.Tool("say", _ => new(said)));
        RunView run = await host.EndOfAsync(await host.StartAsync(
            """{"id":"t","type":"tool","tool":"say"},{"id":"p","type":"parallel","items":"{{steps.t.output.data.list}}","steps":[{"id":"a","type":"agent","input":"x"}]}"""));

        run.Error!.Message.ShouldBe($"The step 'p' failed: {why}");
    }

    [Fact]
    public async Task Items_OfNothing_AreNothing()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        JsonElement output = await host.OutputAsync(
            """{"id":"p","type":"parallel","items":"{{input.list}}","steps":[{"id":"a","type":"agent","input":"x"}]}""", """{"list":[]}""", """["{{steps.p.output.items}}","{{steps.p.output.failed}}"]""");
        output.GetRawText().ShouldBe("[[],0]");
    }

    [Fact]
    public async Task Questions_OfBranches_AreAskedTogetherAndAnsweredOnTheRun()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(
            """
            {"id":"p","type":"parallel","branches":[
              {"name":"x","steps":[{"id":"gx","type":"approval","message":"x?"}]},
              {"name":"y","steps":[{"id":"gy","type":"approval","message":"y?"}]},
              {"name":"z","steps":[{"id":"gz","type":"wait","event":"go"}]}]}
            """, rest: ""","output":"{{steps.p.output.branches.z.data.data}}" """);
        RunView asked = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);

        asked.RequiredAction!.Calls.Select(call => call.Path).ShouldBe(["p.x", "p.y"], ignoreOrder: true);
        foreach (RequiredCallView call in asked.RequiredAction.Calls)
            (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call.CallId, true, null), default)).ShouldBe(AnswerResult.Accepted);
        (await host.Get<IRunEvents>().PostAsync(id, RunHost.Caller, "go", "7", null, default)).ShouldBe(EventOutcome.Taken);

        (await host.EndOfAsync(id)).Result!.Message!.Content.ShouldBe("7");
    }

    [Fact]
    public async Task Cancel_WhileItemsWaitForTheirTurn_EndsThoseTooThatNeverBegan()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(
            """{"id":"p","type":"parallel","items":"{{input.list}}","max_concurrency":1,"steps":[{"id":"w","type":"wait","event":"never"}]}""", """{"list":[1,2,3]}""");
        while ((await host.ViewAsync(id)).Progress.Agents is not [{ Status: RunStatus.InProgress }, _, _])
            await Task.Yield();
        await host.Runs.CancelAsync(id, RunHost.Caller, null, force: false, default);
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Cancelled);
        run.Progress.Agents.Select(agent => agent.Status).ShouldBe([RunStatus.Cancelled, RunStatus.Cancelled, RunStatus.Cancelled]);
    }

    [Fact]
    public async Task Purge_OfARun_LeavesNothingOfItsBranches()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync("""{"id":"p","type":"parallel","items":"{{input.list}}","steps":[{"id":"a","type":"agent","input":"x"}]}""", """{"list":[1,2]}""");
        RunView run = await host.EndOfAsync(id);
        run.Progress.Agents.Count.ShouldBe(4);

        (await host.Runs.PurgeAsync(id, RunHost.Caller, default)).ShouldBe(PurgeResult.Purged);
        foreach (string gone in run.Progress.Agents.Select(agent => agent.RunId).Append(id))
        {
            await foreach (TableRow row in host.Rows().QueryAsync(gone))
                throw new ShouldAssertException($"{row.RowKey} of {gone} is left.");
        }
    }

    /// <summary>A crash while any of the effects is under way: it is done again, those that were done are not.</summary>
    [Theory]
    [InlineData("first")]
    [InlineData("left")]
    [InlineData("right")]
    [InlineData("round 1")]
    [InlineData("round 2")]
    [InlineData("last")]
    public async Task Crash_DuringAStep_RepeatsThatStepAndNoOther(string crashAt)
    {
        ConcurrentQueue<string> begun = new(), done = new();
        TaskCompletionSource reached = new();
        TestTool work = new("work", async (call, token) =>
        {
            string what = call.Arguments.GetProperty("x").GetString()!;
            bool again = begun.Contains(what);
            begun.Enqueue(what);
            if (what == crashAt && !again)
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            done.Enqueue(what);
            return new(what);
        })
        { Definition = TestTool.Define("work") with { Parameters = JsonElement.Parse("""{"type":"object"}""") } };
        await using RunHost host = await WorkflowTest.StartAsync(tools: work);
        string id = await host.StartAsync(
            """
            {"id":"a","type":"tool","tool":"work","arguments":{"x":"first"}},
            {"id":"p","type":"parallel","max_concurrency":1,"branches":[{"name":"l","steps":[{"id":"pl","type":"tool","tool":"work","arguments":{"x":"left"}}]},{"name":"r","steps":[{"id":"pr","type":"tool","tool":"work","arguments":{"x":"right"}}]}]},
            {"id":"o","type":"loop","until":"loop.iteration == 2","steps":[{"id":"or","type":"tool","tool":"work","arguments":{"x":"round {{loop.iteration}}"}}]},
            {"id":"z","type":"tool","tool":"work","arguments":{"x":"last"}}
            """);
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Status.ShouldBe(RunStatus.Completed, run.Error?.Message);
        done.Order().ShouldBe(["first", "last", "left", "right", "round 1", "round 2"]);
        begun.Count(what => what == crashAt).ShouldBe(2);
        events.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events.Count(entry => entry.Type == RunEventTypes.AgentCompleted).ShouldBe(2);
    }
}
