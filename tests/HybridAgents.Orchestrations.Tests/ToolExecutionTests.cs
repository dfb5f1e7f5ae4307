using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Tools;
using HybridAgents.TestSupport;

namespace HybridAgents.Orchestrations.Tests;

public sealed class ToolExecutionTests
{
    [Fact]
    public async Task Start_Tool_GivesItsResult()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        ToolExecutionView view = await CallAsync(host, tool, """{"x":1}""");

        (view.Name, view.Status, view.Result, view.IsError, view.Cached).ShouldBe(("first", "completed", "first ok", false, false));
        view.PollingUrl.ShouldBe($"/api/v1/tools/executions/{view.CallId}");
        tool.Calls.Single().Arguments.GetRawText().ShouldBe("""{"x":1}""");
    }

    [Fact]
    public async Task Start_SameKeyAndCall_RunsOnce()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        ToolExecutionView first = await CallAsync(host, tool, """{"x":1}""", key: "k");
        ToolExecutionView second = await CallAsync(host, tool, """{ "x": 1 }""", key: "k");

        second.ShouldBe(first);
        tool.Calls.Count.ShouldBe(1);
        (await host.Get<IToolExecutions>().StartAsync(new(tool, Json("""{"x":2}"""), IdempotencyKey: "k"), RunHost.Caller, default)).KeyReused.ShouldBeTrue();
        (await host.Get<IToolExecutions>().StartAsync(new(tool, Json("""{"x":2}"""), IdempotencyKey: "k"), RunHost.Caller with { KeyId = "other" }, default)).KeyReused.ShouldBeFalse();
    }

    [Fact]
    public async Task Wait_OtherTenant_FindsNothing()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        ToolExecutionView view = await CallAsync(host, tool, "{}");

        (await host.Get<IToolExecutions>().WaitAsync(view.CallId, new("other", "key"), RunHost.Patience, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Start_CachedTool_GivesTheKeptResult()
    {
        TestTool tool = new("first") { Definition = TestTool.Define("first") with { CacheLifetime = TimeSpan.FromMinutes(1) } };
        await using RunHost host = await RunHost.StartAsync(tool);
        await CallAsync(host, tool, """{"x":1}""");

        (await CallAsync(host, tool, """{"x":1}""")).Cached.ShouldBe(true);
        tool.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Start_PrivateTextForTheNetwork_IsBlocked()
    {
        TestTool tool = new("send")
        {
            Definition = TestTool.Define("send") with { Locality = Locality.Cloud, Parameters = Json("""{"type":"object"}""") },
        };
        await using RunHost host = await RunHost.StartAsync(tool);
        ToolExecutionView view = await CallAsync(host, tool, """{"text":"my password is hunter2"}""");

        view.IsError.ShouldBe(true);
        view.Result!.ShouldStartWith("privacy_blocked");
        tool.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_CrashDuringAnIdempotentCall_RepeatsIt()
    {
        (RunHost host, TestTool tool, string id) = await CrashedAsync(ToolEffect.Idempotent);
        await using RunHost _ = host;

        (await EndOfAsync(host, id)).Result.ShouldBe("second");
        tool.Calls.Select(call => call.IdempotencyKey).ShouldBe([id, id]);
    }

    [Theory]
    [InlineData(ToolReview.Done, 1, "It was sent.", false)]
    [InlineData(ToolReview.Fail, 1, "A person reviewed this call: it failed.", true)]
    [InlineData(ToolReview.Retry, 2, "second", false)]
    public async Task Start_CrashDuringAnAtMostOnceCall_IsReviewed(string decision, int calls, string result, bool isError)
    {
        (RunHost host, TestTool tool, string id) = await CrashedAsync(ToolEffect.AtMostOnce);
        await using RunHost _ = host;
        IToolExecutions executions = host.Get<IToolExecutions>();
        using CancellationTokenSource patience = new(RunHost.Patience);
        while ((await executions.WaitAsync(id, RunHost.Caller, TimeSpan.Zero, patience.Token))!.Status != ToolExecutionView.RequiresAction)
            await Task.Yield();
        tool.Calls.Count.ShouldBe(1);
        (await executions.ReviewAsync(id, new("other", "key"), new(decision), default)).ShouldBe(AnswerResult.NotFound);
        (await executions.ReviewAsync(id, RunHost.Caller, new(decision, "It was sent."), default)).ShouldBe(AnswerResult.Accepted);
        ToolExecutionView view = await EndOfAsync(host, id);

        (view.Result, view.IsError, view.Status).ShouldBe((result, isError, "completed"));
        tool.Calls.Count.ShouldBe(calls);
        (await executions.ReviewAsync(id, RunHost.Caller, new(decision), default)).ShouldBe(AnswerResult.Accepted);
        (await executions.ReviewAsync(id, RunHost.Caller, new("other"), default)).ShouldBe(AnswerResult.Conflict);
    }

    /// <summary>A call whose process died in its middle, and whose claim is over.</summary>
    private static async Task<(RunHost Host, TestTool Tool, string Id)> CrashedAsync(ToolEffect effect)
    {
        ManualTimeProvider time = new();
        TaskCompletionSource begun = new();
        TestTool tool = null!;
        tool = new("first", async (_, token) =>
        {
            if (tool.Calls.Count > 1)
                return new("second");
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new("first");
        })
        { Definition = TestTool.Define("first") with { Effect = effect } };
        RunHost host = await RunHost.StartAsync(time, tool);
        string id = (await host.Get<IToolExecutions>().StartAsync(new(tool, Json("{}")), RunHost.Caller, default)).CallId;
        await begun.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        time.Advance(TimeSpan.FromSeconds(41)); // The claim of the execution that died is over.
        return (host, tool, id);
    }

    [Fact]
    public async Task Sweep_CallsOfEarlierDays_AreGone()
    {
        ManualTimeProvider time = new();
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(time, tool);
        ToolExecutionView view = await CallAsync(host, tool, "{}");
        time.Advance(TimeSpan.FromDays(2));
        await host.Get<ToolExecutionSweeper>().SweepAsync(default);

        (await host.Get<IToolExecutions>().WaitAsync(view.CallId, RunHost.Caller, RunHost.Patience, default)).ShouldBeNull();
        (await host.Get<IDurableClient>().GetAsync(view.CallId)).ShouldBeNull();
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static async Task<ToolExecutionView> CallAsync(RunHost host, TestTool tool, string arguments, string? key = null) =>
        await EndOfAsync(host, (await host.Get<IToolExecutions>().StartAsync(new(tool, Json(arguments), IdempotencyKey: key), RunHost.Caller, default)).CallId);

    private static async Task<ToolExecutionView> EndOfAsync(RunHost host, string id)
    {
        await host.Get<IDurableClient>().WaitForCompletionAsync(id).WaitAsync(RunHost.Patience);
        ToolExecutionView view = (await host.Get<IToolExecutions>().WaitAsync(id, RunHost.Caller, TimeSpan.Zero, default)).ShouldNotBeNull();
        view.Ended.ShouldBeTrue();
        return view;
    }
}
