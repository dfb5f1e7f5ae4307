using HybridAgents.Core.Models;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Conversations;

public sealed class ConversationRemovalTests
{
    [Fact]
    public async Task Delete_AfterTurnsGoodAndBad_LeavesNoRowOfIt()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        List<RunView> runs = [await talk.SayAsync("One"), await talk.SayAsync("Two")];
        host.Models.Script = Fails(ProviderFault.Rejected);
        runs.Add(await talk.SayAsync("Three"));
        IConversations conversations = host.Get<IConversations>();
        ConversationView branch = (await conversations.BranchAsync(talk.Id, RunHost.Caller, null, null, default)).Conversation!;
        foreach (RunView run in runs)
            await host.IdleAsync(run.RunId);

        (await conversations.DeleteAsync(talk.Id, RunHost.Caller, default)).ShouldBe(ConversationChange.Done);

        (await RowsAsync(host, "conversations", talk.Id)).ShouldBeEmpty();
        (await RowsAsync(host, "conversationindex", RunHost.Caller.Tenant)).ShouldHaveSingleItem().ShouldEndWith(branch.ConversationId);
        foreach (RunView run in runs)
        {
            (await RowsAsync(host, "runs", run.RunId)).ShouldBeEmpty();
            (await host.Get<IDurableClient>().GetAsync(run.RunId)).ShouldBeNull();
        }

        (await host.Runs.ListAsync(new(), RunHost.Caller, default)).Runs.ShouldBeEmpty();
        (await new Talk(host, branch.ConversationId).LinesAsync()).Count.ShouldBe(4);
        (await conversations.DeleteAsync(talk.Id, RunHost.Caller, default)).ShouldBe(ConversationChange.NotFound);
    }

    [Fact]
    public async Task Delete_CutOffAfterItsFirstWrite_IsFinishedByTheSweeper()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        RunView run = await talk.SayAsync("One");
        await host.IdleAsync(run.RunId);
        await host.Get<ConversationRows>().ChangeAsync(talk.Id, static head => head.Deleted(), default);

        (await host.Get<IConversations>().GetAsync(talk.Id, RunHost.Caller, default)).ShouldBeNull();
        (await talk.TryAsync(talk.Turn("Two"))).Outcome.ShouldBe(RunStartOutcome.NoConversation);
        await host.Get<ConversationSweeper>().SweepAsync(default);
        (await RowsAsync(host, "conversations", talk.Id)).ShouldBeEmpty();
        (await RowsAsync(host, "conversationindex", RunHost.Caller.Tenant)).ShouldBeEmpty();
        (await RowsAsync(host, "runs", run.RunId)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(10, 1)]
    public async Task Sweeper_OldConversations_GoAfterTheRetentionOnly(int? days, int left)
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time, services => services.Configure<ConversationOptions>(options => options.RetentionDays = days));
        Talk old = await Talk.BeginAsync(host);
        await host.IdleAsync((await old.SayAsync("One")).RunId);
        Talk busy = await Talk.BeginAsync(host);
        time.Advance(TimeSpan.FromDays(10) + TimeSpan.FromMinutes(1));
        await host.IdleAsync((await busy.SayAsync("Two")).RunId);

        await host.Get<ConversationSweeper>().SweepAsync(default);

        (await host.Get<IConversations>().ListAsync(new(), RunHost.Caller, default)).Conversations.Count.ShouldBe(left);
        (await host.Get<IConversations>().GetAsync(busy.Id, RunHost.Caller, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task DeleteOfAgent_OneIsBusy_TakesTheOthersOnly()
    {
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Hangs("Well", reached);
        IConversations conversations = host.Get<IConversations>();
        List<Talk> talks = [];
        foreach (string? agent in new[] { "poet", "poet", null })
            talks.Add(new(host, (await conversations.CreateAsync(new(null, agent, "general"), RunHost.Caller, default)).ConversationId));
        string run = await host.StartRunAsync(talks[0].Turn("One"));
        await reached.Task.WaitAsync(RunHost.Patience);

        (await conversations.DeleteOfAgentAsync("poet", RunHost.Caller, default)).ShouldBe(new(1, 1));

        (await conversations.ListAsync(new(), RunHost.Caller, default)).Conversations.Select(view => view.ConversationId).ShouldBe([talks[0].Id, talks[2].Id], ignoreOrder: true);
        await host.Runs.CancelAsync(run, RunHost.Caller, null, force: false, default);
        await host.EndOfAsync(run);
        (await conversations.DeleteOfAgentAsync("poet", RunHost.Caller, default)).ShouldBe(new(1, 0));
    }

    [Fact]
    public async Task Purge_OfARun_LeavesNoNoteInItsConversation()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk talk = await Talk.BeginAsync(host);
        RunView run = await talk.SayAsync("One");
        (await host.Runs.PurgeAsync(run.RunId, RunHost.Caller, default)).ShouldBe(PurgeResult.Purged);
        (await host.Get<ConversationRows>().RunsAsync(talk.Id, default)).ShouldBeEmpty();
        (await talk.LinesAsync()).Count.ShouldBe(2);
    }

    private static async Task<List<string>> RowsAsync(RunHost host, string table, string partition)
    {
        List<string> keys = [];
        await foreach (TableRow row in host.Get<ITableStore>().GetTable(table).QueryAsync(partition, default, default))
            keys.Add(row.RowKey);
        return keys;
    }
}
