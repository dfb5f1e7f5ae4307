using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class DiskFaultTests
{
    [Fact]
    public async Task Append_DiskFull_RefusesThenGoesOnWhenSpaceReturns()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "before");
        files.OnWrite = (_, count) => count / 2; // Half a frame reaches the disk.

        long lsn = fixture.State.Set(2, "while full");
        Task waiting = fixture.Journal.WaitDurableAsync(lsn).AsTask();
        await UntilRefusedAsync(fixture);

        fixture.Journal.RefusalReason.ShouldBe("The disk is full or read-only.");
        waiting.IsCompleted.ShouldBeFalse();
        files.OnWrite = (_, count) => count;
        await AdvanceUntilAsync(fixture, waiting);
        fixture.Journal.RefusalReason.ShouldBeNull();
        fixture.State.Get(2).ShouldBe("while full");
        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Keys.ShouldBe([1, 2]);
        fixture.Fatal.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_NoSpaceForANewSegment_WaitsAsWell()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        files.IsFull = true;
        Task waiting = fixture.State.SetAsync(1, "first");
        await UntilRefusedAsync(fixture);

        files.IsFull = false;
        await AdvanceUntilAsync(fixture, waiting);

        fixture.State.Get(1).ShouldBe("first");
    }

    [Fact]
    public async Task Close_WhileDiskFull_EndsAndAcknowledgesNothing()
    {
        SimulatedFiles files = new();
        JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "before");
        files.IsFull = true;
        Task waiting = fixture.State.SetAsync(2, "while full");
        await UntilRefusedAsync(fixture);

        await fixture.DisposeAsync();

        await Should.ThrowAsync<JournalStoppedException>(waiting);
        files.IsFull = false;
        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Keys.ShouldBe([1]);
    }

    [Fact]
    public async Task Append_FailedFsync_IsFatalAndNeverRetried()
    {
        SimulatedFiles files = new();
        JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "before");
        int attempts = 0;
        files.OnFlush = _ =>
        {
            attempts++;
            throw new IOException("Input/output error", 5);
        };

        await Should.ThrowAsync<JournalStoppedException>(() => fixture.State.SetAsync(2, "lost"));

        Should.Throw<JournalStoppedException>(() => fixture.State.Set(3, "later"));
        fixture.Journal.DurableLsn.ShouldBe(1);
        await fixture.DisposeAsync();
        attempts.ShouldBe(1);
        fixture.Fatal.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Append_FsyncFailsForLackOfSpace_IsFatalToo()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        files.OnFlush = _ => throw SimulatedFiles.Full();

        await Should.ThrowAsync<JournalStoppedException>(() => fixture.State.SetAsync(1, "lost"));

        fixture.Journal.RefusalReason.ShouldBe("The journal has failed.");
    }

    [Fact]
    public async Task Append_ParticipantThrowsInOnDurable_IsFatal()
    {
        await using JournalFixture fixture = await JournalFixture.OpenAsync();
        ThrowingEntry entry = new();
        fixture.Journal.Append(entry);

        await Should.ThrowAsync<JournalStoppedException>(async () => await fixture.Journal.WaitDurableAsync(entry.Lsn));
        await fixture.DisposeAsync();

        fixture.Fatal.ShouldHaveSingleItem().Message.ShouldBe("a defect");
    }

    private static async Task UntilRefusedAsync(JournalFixture fixture)
    {
        while (fixture.Journal.RefusalReason is null)
            await Task.Yield();
    }

    private static async Task AdvanceUntilAsync(JournalFixture fixture, Task task)
    {
        while (!task.IsCompleted)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await task;
    }

    private sealed class ThrowingEntry() : JournalEntry(RecordKind.Instance, "1=x"u8.ToArray())
    {
        public override void OnDurable(RecordLocation location) => throw new InvalidOperationException("a defect");
    }
}
