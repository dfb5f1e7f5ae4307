using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Runs.Sweeping;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class RunServiceTests
{
    [Fact]
    public async Task Start_SameKeyAndBody_ReplaysTheRun()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunStart first = await StartAsync(host, "k", "hash"), again = await StartAsync(host, "k", "hash"), other = await StartAsync(host, "k", "other");

        (first.Outcome, again.Outcome, other.Outcome).ShouldBe((RunStartOutcome.Started, RunStartOutcome.Replayed, RunStartOutcome.KeyReused));
        again.Run!.RunId.ShouldBe(first.Run!.RunId);
        (await StartAsync(host, "k2", "hash")).Run!.RunId.ShouldNotBe(first.Run.RunId);
    }

    [Fact]
    public async Task Start_SameKeyAtOnce_StartsOneRun()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunStart[] starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(host, "k", "hash")));

        starts.Count(start => start.Outcome == RunStartOutcome.Started).ShouldBe(1);
        starts.Where(start => start.Run is not null).Select(start => start.Run!.RunId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Start_KeyOlderThanADay_IsTakenAnew()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        RunStart first = await StartAsync(host, "k", "hash");
        await host.EndOfAsync(first.Run!.RunId);
        time.Advance(TimeSpan.FromHours(25));

        (await StartAsync(host, "k", "other")).Outcome.ShouldBe(RunStartOutcome.Started);
    }

    [Fact]
    public async Task Start_KeyOfADeadRequest_IsCarriedOn()
    {
        await using RunHost host = await RunHost.StartAsync();
        IdempotencyToken token = new("k", "run", "hash");
        IdempotencyClaim orphan = new(RunId.New(TimeProvider.System), "hash", TimeProvider.System.GetUtcNow());
        await host.Get<IdempotencyTable>().ClaimAsync(IdempotencyKey.Of(RunHost.Caller, token), orphan, default);

        RunStart carried = await StartAsync(host, "k", "hash");
        (carried.Outcome, carried.Run!.RunId).ShouldBe((RunStartOutcome.Started, orphan.RunId));
        (await StartAsync(host, "k", "hash")).Outcome.ShouldBe(RunStartOutcome.Replayed);
    }

    [Fact]
    public async Task Get_OfAnotherTenant_IsAbsentEverywhere()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Hi"));
        RunCaller other = new("other", "key");

        (await host.Runs.GetAsync(run.RunId, other, default)).ShouldBeNull();
        (await host.Runs.CancelAsync(run.RunId, other, null, true, default)).ShouldBeNull();
        (await host.Runs.GetMessagesAsync(run.RunId, other, default)).ShouldBeNull();
        (await host.Runs.GetHistoryAsync(run.RunId, other, default)).ShouldBeNull();
        (await host.Runs.PurgeAsync(run.RunId, other, default)).ShouldBe(PurgeResult.NotFound);
        (await host.Runs.ListAsync(new(), other, default)).Runs.ShouldBeEmpty();
        (await host.Runs.WatchAsync(run.RunId, other, 0, default).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_Pages_NewestFirstWithoutGapOrRepeat()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        List<string> ids = [];
        for (int run = 0; run < 7; run++)
        {
            ids.Add((await host.RunAsync(RunHost.Ask("Hi"))).RunId);
            time.Advance(TimeSpan.FromHours(9));
        }

        List<string> listed = [];
        RunQuery query = new() { Limit = 3 };
        do
        {
            RunPage page = await host.Runs.ListAsync(query, RunHost.Caller, default);
            listed.AddRange(page.Runs.Select(run => run.RunId));
            query = query with { Cursor = page.Cursor };
        }
        while (query.Cursor is not null);

        listed.ShouldBe(Enumerable.Reverse(ids));
        (await host.Runs.ListAsync(new() { Status = RunStatus.Failed }, RunHost.Caller, default)).Runs.ShouldBeEmpty();
        (await host.Runs.ListAsync(new() { AgentType = "general" }, RunHost.Caller, default)).Runs.Count.ShouldBe(7);
        (await host.Runs.ListAsync(new() { CreatedAfter = time.GetUtcNow().AddHours(-20) }, RunHost.Caller, default)).Runs.Count.ShouldBe(2);
        await Should.ThrowAsync<ArgumentException>(() => host.Runs.ListAsync(new() { Cursor = "nonsense" }, RunHost.Caller, default));
    }

    [Fact]
    public async Task Wait_ReturnsWhenTheStatusChanges()
    {
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        Task<RunView?> waiting = host.Runs.WaitAsync(id, RunHost.Caller, RunHost.Patience, default);
        waiting.IsCompleted.ShouldBeFalse();
        await host.Runs.CancelAsync(id, RunHost.Caller, null, false, default);

        (await waiting)!.Status.ShouldBeOneOf(RunStatus.Cancelling, RunStatus.Cancelled);
    }

    [Fact]
    public async Task Purge_OfAnEndedRun_LeavesNothing()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunStart start = await StartAsync(host, "k", "hash");
        string id = start.Run!.RunId;
        await host.EndOfAsync(id);

        (await host.Runs.PurgeAsync(id, RunHost.Caller, default)).ShouldBe(PurgeResult.Purged);
        (await host.Runs.GetAsync(id, RunHost.Caller, default)).ShouldBeNull();
        (await host.Runs.PurgeAsync(id, RunHost.Caller, default)).ShouldBe(PurgeResult.NotFound);
        (await host.Runs.ListAsync(new(), RunHost.Caller, default)).Runs.ShouldBeEmpty();
        (await host.Get<IDurableClient>().GetAsync(id)).ShouldBeNull();
        (await host.Get<ITableStore>().GetTable(RunKeys.Runs).QueryAsync(id).ToListAsync()).ShouldBeEmpty();
        (await StartAsync(host, "k", "hash")).Outcome.ShouldBe(RunStartOutcome.Started);
    }

    [Fact]
    public async Task Purge_OfARunningRun_IsRefused()
    {
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));

        (await host.Runs.PurgeAsync(id, RunHost.Caller, default)).ShouldBe(PurgeResult.NotTerminal);
        await host.Runs.CancelAsync(id, RunHost.Caller, null, true, default);
    }

    [Fact]
    public async Task RunSweeper_RunThatWasNeverScheduled_SchedulesIt()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        string id = RunId.New(time);
        RunRequest request = RunHost.Ask("Hi");
        IndexEntry entry = IndexEntry.Of("default", id, time.GetUtcNow());
        await host.Get<RunIndex>().AddAsync(entry, request, "default", default);
        await host.Get<RunLog>().CreateAsync(
            id,
            [TableOperation.Insert(RunRow.New(id, request, "default", time.GetUtcNow(), entry, null)), .. RunRequests.Write(id, request)],
            new(RunEventTypes.RunCreated),
            default);
        RunSweeper sweeper = host.Get<RunSweeper>();

        await sweeper.SweepAsync(default);
        (await host.Get<IDurableClient>().GetAsync(id)).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(31));
        await sweeper.SweepAsync(default);
        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task RetentionSweeper_OldRuns_ArePurgedAndYoungOnesKept()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        RunView old = await host.RunAsync(RunHost.Ask("Hi"));
        time.Advance(TimeSpan.FromDays(20));
        RunView young = await host.RunAsync(RunHost.Ask("Hi"));
        time.Advance(TimeSpan.FromDays(11));
        await host.Get<RetentionSweeper>().SweepAsync(default);

        (await host.Runs.GetAsync(old.RunId, RunHost.Caller, default)).ShouldBeNull();
        (await host.Runs.GetAsync(young.RunId, RunHost.Caller, default)).ShouldNotBeNull();
    }

    private static Task<RunStart> StartAsync(RunHost host, string key, string hash) =>
        host.Runs.StartAsync(RunHost.Ask("Hi"), RunHost.Caller, new(key, "run", hash), default);
}
