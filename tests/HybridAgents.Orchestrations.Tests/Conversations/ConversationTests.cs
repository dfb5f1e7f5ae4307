using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Conversations;

public sealed class ConversationTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("word ", 1000));

    [Fact]
    public async Task Regenerate_LastTurn_ReplacesItOnlyWhenTheNewOneIsThere()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        await talk.SayAsync("Two");
        RegenerateResult turn = await host.Get<IConversations>().LastTurnAsync(talk.Id, RunHost.Caller, default);
        host.Models.Script = Fails(ProviderFault.ServerError);
        (await host.RunAsync(turn.Request!)).Status.ShouldBe(RunStatus.Failed);
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Hello.", "user: Two", "assistant: Hello."]);

        host.Models.Script = Says("Better.");
        await host.RunAsync(turn.Request!);
        Talk.Sent(host, Talk.Calls(host).Count - 1).ShouldBe(["user: One", "assistant: Hello.", "user: Two"]);
        (await talk.LinesAsync()).ShouldBe(["user: One", "assistant: Hello.", "user: Two", "assistant: Better."]);
        (await host.RunAsync((await host.Get<IConversations>().LastTurnAsync(talk.Id, RunHost.Caller, default)).Request!)).Status.ShouldBe(RunStatus.Completed);
        ConversationView view = await talk.ViewAsync();
        (view.MessageCount, view.ExchangeCount).ShouldBe((4, 2));
    }

    [Fact]
    public async Task Branch_AtAMessage_TakesWhatIsBeforeAndGoesItsOwnWay()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        await talk.SayAsync("Two");
        IConversations conversations = host.Get<IConversations>();
        IReadOnlyList<ConversationMessage> messages = (await conversations.MessagesAsync(talk.Id, RunHost.Caller, default))!;
        (await conversations.BranchAsync(talk.Id, RunHost.Caller, messages[0].MessageId, null, default)).Conversation.ShouldBeNull();
        (await conversations.BranchAsync(talk.Id, RunHost.Caller, "msg_none", null, default)).Conversation.ShouldBeNull();
        ConversationView view = (await conversations.BranchAsync(talk.Id, RunHost.Caller, messages[1].MessageId, "Side", default)).Conversation!;
        Talk branch = new(host, view.ConversationId);
        await branch.SayAsync("Three");
        (await branch.LinesAsync()).ShouldBe(["user: One", "assistant: Hello.", "user: Three", "assistant: Hello."]);
        (await talk.LinesAsync()).Count.ShouldBe(4);
        (view.Title, view.BranchedFrom, view.ExchangeCount).ShouldBe(("Side", talk.Id, 1));
    }

    [Fact]
    public async Task Clear_AfterTurns_LeavesNothingForTheNextTurn()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        await talk.SayAsync("One");
        (await host.Get<IConversations>().ClearAsync(talk.Id, RunHost.Caller, default)).ShouldBe(ConversationChange.Done);
        (await talk.LinesAsync()).ShouldBeEmpty();
        await talk.SayAsync("Two");
        Talk.Sent(host, 1).ShouldBe(["user: Two"]);
        (await host.Get<IConversations>().LastTurnAsync(talk.Id, RunHost.Caller, default)).Request!.Messages.ShouldHaveSingleItem().Content.ShouldBe("Two");
    }

    [Fact]
    public async Task List_NewestActivityFirst_PagesAndSearches()
    {
        await using RunHost host = await RunHost.StartAsync();
        IConversations conversations = host.Get<IConversations>();
        List<Talk> talks = [];
        foreach (string text in new[] { "About apples", "About pears", "About plums" })
        {
            talks.Add(await Talk.BeginAsync(host));
            await talks[^1].SayAsync(text);
        }

        await talks[0].SayAsync("More on apples");
        foreach (Talk talk in talks)
            await talk.ViewAsync(); // Keeps what a run has just come to.
        ConversationPage first = await conversations.ListAsync(new() { Limit = 2 }, RunHost.Caller, default);
        ConversationPage rest = await conversations.ListAsync(new() { Limit = 2, Cursor = first.Cursor }, RunHost.Caller, default);
        first.Conversations.Concat(rest.Conversations).Select(view => view.ConversationId).ShouldBe([talks[0].Id, talks[2].Id, talks[1].Id]);
        rest.Cursor.ShouldBeNull();
        (await conversations.ListAsync(new() { Search = "MORE about" }, RunHost.Caller, default)).Conversations.ShouldHaveSingleItem().ConversationId.ShouldBe(talks[0].Id);
        await conversations.ChangeAsync(talks[1].Id, RunHost.Caller, null, archived: true, default);
        (await conversations.ListAsync(new(), RunHost.Caller, default)).Conversations.Count.ShouldBe(2);
        (await conversations.ListAsync(new() { Archived = true }, RunHost.Caller, default)).Conversations.ShouldHaveSingleItem().ConversationId.ShouldBe(talks[1].Id);
        await conversations.DeleteAsync(talks[1].Id, RunHost.Caller, default);
        (await conversations.ListAsync(new() { Archived = true }, RunHost.Caller, default)).Conversations.ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentException>(() => conversations.ListAsync(new() { Cursor = "nonsense" }, RunHost.Caller, default));
    }

    [Fact]
    public async Task Title_LocalModel_MakesItAndAPersonsOwnStays()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk.Script(host, _ => Says("Hello."), aside: Says("\"Fruit of the season.\"\nMore"));
        Talk talk = await Talk.BeginAsync(host);
        RunView run = await talk.SayAsync("Which fruit is ripe in June?");
        await host.IdleAsync(run.RunId);
        (await talk.ViewAsync()).Title.ShouldBe("Fruit of the season");
        await host.Get<IConversations>().ChangeAsync(talk.Id, RunHost.Caller, "Mine", null, default);
        (await talk.ViewAsync()).Title.ShouldBe("Mine");
    }

    [Theory]
    [InlineData(true, "What matters: everything.")]
    [InlineData(false, "- The user: First.")]
    public async Task LongConversation_OlderHalf_IsSummedUpByALocalModelOrItsOwnWords(bool local, string expected)
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = local ? Local("local:small", window: 64_000) : Cloud("cloud:big");
        Talk.Script(host, _ => Says(Long), aside: Says("What matters: everything."));
        Talk talk = await Talk.BeginAsync(host);
        foreach (string text in new[] { "First. " + Long, "Second. " + Long, "Third. " + Long, "Fourth. " + Long })
            await host.IdleAsync((await talk.SayAsync(text)).RunId);
        await host.IdleAsync((await talk.SayAsync("Last")).RunId);

        ConversationView view = await talk.ViewAsync();
        view.Summary!.ShouldContain(expected);
        IReadOnlyList<string> sent = Talk.Sent(host, Talk.Calls(host).Count - 1);
        sent[0].ShouldStartWith("user: <conversation_summary>");
        sent[0].ShouldContain(expected);
        sent.ShouldNotContain(line => line.StartsWith("user: First.", StringComparison.Ordinal));
        (await talk.LinesAsync()).Count.ShouldBe(10, "nothing is lost");
        if (!local)
            host.Models.Sent.Count.ShouldBe(Talk.Calls(host).Count, "the cloud is never asked beside turns");
    }
}
