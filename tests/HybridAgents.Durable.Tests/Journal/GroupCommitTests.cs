using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Append_DuringAnFsync_SharesTheNextOne()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(0, "first");
        using SemaphoreSlim inside = new(0), go = new(0);
        files.OnFlush = _ =>
        {
            inside.Release();
            go.Wait();
        };
        int before = files.Flushes;

        fixture.State.Set(1, "alone");
        await inside.WaitAsync();
        long last = 0;
        for (int i = 2; i < 50; i++)
            last = fixture.State.Set(i, "together");
        fixture.Journal.DurableLsn.ShouldBe(1);
        go.Release(2);
        await fixture.Journal.WaitDurableAsync(last);

        (files.Flushes - before).ShouldBe(2);
        files.OnFlush = _ => { };
    }

    [Fact]
    public async Task WaitDurable_AlreadyDurable_CompletesSynchronously()
    {
        await using JournalFixture fixture = await JournalFixture.OpenAsync();
        long lsn = fixture.State.Set(1, "a");
        await fixture.Journal.WaitDurableAsync(lsn);

        fixture.Journal.WaitDurableAsync(lsn).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        fixture.Journal.DurableLsn.ShouldBe(lsn);
    }

    [Fact]
    public async Task WaitDurable_NeverAppended_Throws()
    {
        await using JournalFixture fixture = await JournalFixture.OpenAsync();

        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await fixture.Journal.WaitDurableAsync(1));
    }

    [Fact]
    public async Task WaitDurable_Cancelled_LeavesTheRecordToBecomeDurable()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        using SemaphoreSlim go = new(0);
        files.OnFlush = _ => go.Wait();
        long lsn = fixture.State.Set(1, "a");
        using CancellationTokenSource source = new();
        Task waiting = fixture.Journal.WaitDurableAsync(lsn, source.Token).AsTask();

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        files.OnFlush = _ => { };
        go.Release(2); // The segment's creation, then the frame.
        await fixture.Journal.WaitDurableAsync(lsn);
        fixture.State.Get(1).ShouldBe("a");
    }

    [Fact]
    public async Task Append_FromManyThreads_KeepsOrderAndLosesNothing()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
            {
                for (int i = 0; i < 200; i++)
                    await fixture.State.SetAsync(thread * 1000 + i, $"{thread}/{i}");
            })));
            fixture.Journal.DurableLsn.ShouldBe(1600);
        }

        await using JournalFixture second = await JournalFixture.OpenAsync(files);
        second.State.Keys.Count.ShouldBe(1600);
        second.State.Get(7199).ShouldBe("7/199");
    }

    [Fact]
    public async Task OnDurable_RunsInOrderBeforeWaitersAreTold()
    {
        await using JournalFixture fixture = await JournalFixture.OpenAsync();
        List<long> seen = [];
        List<OrderedEntry> entries = [.. Enumerable.Range(0, 100).Select(_ => new OrderedEntry(seen))];

        entries.ForEach(fixture.Journal.Append);
        await fixture.Journal.WaitDurableAsync(entries[^1].Lsn);

        seen.ShouldBe(entries.Select(entry => entry.Lsn));
        entries[^1].Lsn.ShouldBe(100);
    }

    [Fact]
    public async Task Append_RecordLargerThanASegment_GetsItsOwn()
    {
        SimulatedFiles files = new();
        string large = new('x', 20_000);
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            await fixture.State.SetAsync(1, "small");
            await fixture.State.SetAsync(2, large);
            await fixture.State.SetAsync(3, "after");
            fixture.State.Get(2).ShouldBe(large);
        }

        await using JournalFixture second = await JournalFixture.OpenAsync(files);
        second.State.Get(2).ShouldBe(large);
        second.State.Get(3).ShouldBe("after");
    }

    [Fact]
    public async Task Append_AfterClose_Throws()
    {
        JournalFixture fixture = await JournalFixture.OpenAsync();
        await fixture.DisposeAsync();

        Should.Throw<JournalStoppedException>(() => fixture.State.Set(1, "late"));
        fixture.Journal.RefusalReason.ShouldBe("The journal is stopping.");
    }

    private sealed class OrderedEntry(List<long> seen) : JournalEntry(RecordKind.Instance, "1=x"u8.ToArray())
    {
        public override void OnDurable(RecordLocation location)
        {
            ReleasePayload();
            seen.Add(Lsn);
        }
    }
}
