using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>New runs out of old ones.</summary>
public sealed class RunSourceTests
{
    private readonly TestTool _tool = new("first");

    [Fact]
    public async Task Source_ForARestart_IsTheRequestAndRunsAgain()
    {
        await using RunHost host = await StartAsync();
        RunRequest request = RunHost.Ask("Go", "first");
        RunView run = await host.RunAsync(request);
        RunSource source = await SourceAsync(host, run.RunId, null);

        source.Request!.Messages.ShouldHaveSingleItem().Content.ShouldBe("Go");
        string again = await host.StartRunAsync(source.Request);
        (await host.EndOfAsync(again)).Status.ShouldBe(RunStatus.Completed);
        RunEvent created = (await host.EventsAsync(again))[0];
        created.Data.GetProperty("origin").GetRawText().ShouldBe($$"""{"run_id":"{{run.RunId}}"}""");
        _tool.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Source_ThroughATurn_TakesTheTranscriptThatFar()
    {
        await using RunHost host = await StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));
        RunSource source = await SourceAsync(host, run.RunId, 1);
        source.Request!.Messages.Select(message => message.Role).ShouldBe([MessageRole.User, MessageRole.Assistant, MessageRole.Tool]);

        RunView forked = await host.RunAsync(source.Request);
        forked.Status.ShouldBe(RunStatus.Completed);
        forked.Usage.ModelCalls.ShouldBe(1);
        _tool.Calls.Count.ShouldBe(1);
        (await host.MessagesAsync(forked.RunId))!.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(0, RunSourceOutcome.Found)]
    [InlineData(2, RunSourceOutcome.Found)]
    [InlineData(3, RunSourceOutcome.NoTurn)]
    public async Task Source_ThroughATurn_MustBeThere(int turn, RunSourceOutcome outcome)
    {
        await using RunHost host = await StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));
        (await SourceAsync(host, run.RunId, turn)).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task Source_OfATurnWithoutItsResults_IsRefused()
    {
        await using RunHost host = await StartAsync();
        string id = await host.StartRunAsync(RunHost.Ask("Go", "first") with { Approval = new() { Tools = ["first"] } });
        await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        (await SourceAsync(host, id, 1)).Outcome.ShouldBe(RunSourceOutcome.OpenTurn);
    }

    [Fact]
    public async Task Source_OfARunWhoseLabelRose_KeepsTheLabel()
    {
        TestTool secret = new("first", (_, _) => Task.FromResult(new Core.Tools.ToolOutput("card 4111 1111 1111 1111")));
        await using RunHost host = await RunHost.StartAsync(secret);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));

        (await SourceAsync(host, run.RunId, 0)).Request!.Routing.PrivacyLevel.ShouldBe(PrivacyLabel.Private);
    }

    [Fact]
    public async Task Source_OfAnotherTenantsRun_IsAbsent()
    {
        await using RunHost host = await StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Go", "first"));
        (await host.Runs.GetSourceAsync(run.RunId, new("other", "key"), null, default)).Outcome.ShouldBe(RunSourceOutcome.NoRun);
    }

    private async Task<RunHost> StartAsync()
    {
        RunHost host = await RunHost.StartAsync(_tool);
        host.Models.Script = ByTurn(Calls(("first", "{}")), Says("Done."));
        return host;
    }

    private static Task<RunSource> SourceAsync(RunHost host, string id, int? turn) => host.Runs.GetSourceAsync(id, RunHost.Caller, turn, default);
}
