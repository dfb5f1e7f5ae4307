using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Conversations;

public sealed class ConversationTurnTests
{
    [Fact]
    public async Task Turn_AfterAnother_SeesItWithItsTools()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        Talk.Script(host, call => call == 1 ? Calls(("calculator", """{"expression":"6*7"}""")) : Says($"Answer {call}."));
        await talk.SayAsync("What is it?");
        await talk.SayAsync("And now?");

        Talk.Sent(host, 2).ShouldBe(["user: What is it?", "assistant: calculator", "tool: 42", "assistant: Answer 2.", "user: And now?"]);
        (await talk.LinesAsync()).ShouldBe([.. Talk.Sent(host, 2), "assistant: Answer 3."]);
        ConversationView view = await talk.ViewAsync();
        (view.MessageCount, view.ExchangeCount, view.ActiveRunId).ShouldBe((6, 2, null));
    }

    [Fact]
    public async Task Turn_WhileAnotherRuns_IsRefusedOrWaitsAsAsked()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        TaskCompletionSource reached = new(), go = new();
        Talk.Script(host, call => (request, token) => Held(call == 1 ? go : null, reached, Says($"Answer {call}."), request, token));
        string first = await host.StartRunAsync(talk.Turn("One"));
        await reached.Task.WaitAsync(RunHost.Patience);

        (await talk.TryAsync(talk.Turn("No"))).Outcome.ShouldBe(RunStartOutcome.ConversationBusy);
        string second = await host.StartRunAsync(talk.Turn("Two", waits: true)), third = await host.StartRunAsync(talk.Turn("Three", waits: true));
        ConversationView busy = await talk.ViewAsync();
        (busy.ActiveRunId, string.Join(' ', busy.QueuedRunIds)).ShouldBe((first, $"{second} {third}"));
        (await host.ViewAsync(second)).Status.ShouldBe(RunStatus.Queued);
        (await host.Get<IConversations>().DeleteAsync(talk.Id, RunHost.Caller, default)).ShouldBe(ConversationChange.Busy);
        (await host.Get<IConversations>().ClearAsync(talk.Id, RunHost.Caller, default)).ShouldBe(ConversationChange.Busy);

        go.SetResult();
        foreach (string id in new[] { first, second, third })
            (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Answer 1.", "user: Two", "assistant: Answer 2.", "user: Three", "assistant: Answer 3."]);
    }

    [Fact]
    public async Task Turn_CancelledWhileItWaits_LeavesTheQueue()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        TaskCompletionSource reached = new(), go = new();
        Talk.Script(host, call => (request, token) => Held(call == 1 ? go : null, reached, Says("Done."), request, token));
        string first = await host.StartRunAsync(talk.Turn("One"));
        await reached.Task.WaitAsync(RunHost.Patience);
        string second = await host.StartRunAsync(talk.Turn("Two", waits: true));
        await host.Runs.CancelAsync(second, RunHost.Caller, null, force: false, default);
        (await host.EndOfAsync(second)).Status.ShouldBe(RunStatus.Cancelled);
        go.SetResult();
        await host.EndOfAsync(first);
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Done."]);
        (await talk.ViewAsync()).QueuedRunIds.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turn_Ended_GivesTheConversationBack(bool force)
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        TaskCompletionSource reached = new();
        Talk.Script(host, call => call == 1 ? Hangs("Half an ans", reached) : Says("Whole."));
        string first = await host.StartRunAsync(talk.Turn("One"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Runs.CancelAsync(first, RunHost.Caller, null, force, default);
        await host.EndOfAsync(first);
        await talk.SayAsync("Two");
        (await talk.LinesAsync()).TakeLast(2).ShouldBe(["user: Two", "assistant: Whole."]);
    }

    [Fact]
    public async Task Turn_Failed_LeavesTheConversationAsItWas()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        host.Models.Script = Fails(ProviderFault.ServerError);
        (await talk.SayAsync("Two")).Status.ShouldBe(RunStatus.Failed);
        host.Models.Script = Says("Back.");
        await talk.SayAsync("Three");
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Hello.", "user: Three", "assistant: Back."]);
    }

    [Fact]
    public async Task Turn_HostCrashes_IsKeptOnce()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        TaskCompletionSource reached = new();
        Talk.Script(host, call => call == 2 ? Hangs("", reached) : Says("Two it is."));
        string id = await host.StartRunAsync(talk.Turn("Two"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.CrashAsync();
        await host.EndOfAsync(id);
        await host.CrashAsync();
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Hello.", "user: Two", "assistant: Two it is."]);
        (await talk.ViewAsync()).ExchangeCount.ShouldBe(2);
    }

    [Fact]
    public async Task Turn_InAnotherTenantsConversation_FindsNone()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        RunCaller other = new("other", "key");
        (await host.Runs.StartAsync(talk.Turn("Hi"), other, null, default)).Outcome.ShouldBe(RunStartOutcome.NoConversation);
        (await host.Get<IConversations>().GetAsync(talk.Id, other, default)).ShouldBeNull();
        (await host.Get<IConversations>().ListAsync(new(), other, default)).Conversations.ShouldBeEmpty();
        (await host.Get<IConversations>().DeleteAsync(talk.Id, other, default)).ShouldBe(ConversationChange.NotFound);
    }

    [Fact]
    public async Task Turn_AfterAPrivateOne_IsPrivateToo()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Cloud("cloud:big"));
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("My card is 4111 1111 1111 1111.");
        PrivacyLabel label = (await talk.ViewAsync()).PrivacyLevel;
        label.ShouldNotBe(PrivacyLabel.Standard);
        await host.Get<IConversations>().ClearAsync(talk.Id, RunHost.Caller, default);
        RunView next = await talk.SayAsync("Hello");
        next.Routing[0].RoutingMetrics.Rejected.ShouldContain(rejected => rejected.Candidate == "cloud:big");
        (await talk.ViewAsync()).PrivacyLevel.ShouldBe(label);
    }

    [Fact]
    public async Task Ticket_WithoutARun_Lapses()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        Talk talk = await Talk.BeginAsync(host);
        ConversationTurns turns = host.Get<ConversationTurns>();
        (await turns.ClaimAsync(talk.Id, "run_00000000000000000000000000", RunHost.Caller.Tenant, wait: false, default)).ShouldBe(TurnClaim.Granted);
        (await talk.TryAsync(talk.Turn("Hi"))).Outcome.ShouldBe(RunStartOutcome.ConversationBusy);
        time.Advance(TimeSpan.FromMinutes(2));
        (await talk.TryAsync(talk.Turn("Hi"))).Outcome.ShouldBe(RunStartOutcome.Started);
    }

    [Fact]
    public async Task Fork_OfATurn_KnowsTheConversationAndStandsBesideIt()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        RunView second = await talk.SayAsync("Two");
        RunSource source = await host.Runs.GetSourceAsync(second.RunId, RunHost.Caller, 0, default);
        await host.RunAsync(source.Request!);
        Talk.Sent(host, 2).ShouldBe(["user: One", "assistant: Hello.", "user: Two"]);
        (await talk.ViewAsync()).ExchangeCount.ShouldBe(2);
    }

    private static async IAsyncEnumerable<ModelUpdate> Held(
        TaskCompletionSource? gate, TaskCompletionSource reached, ModelScript script, ModelRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        reached.TrySetResult();
        if (gate is not null)
            await gate.Task.WaitAsync(cancellationToken);
        await foreach (ModelUpdate update in script(request, cancellationToken))
            yield return update;
    }
}
