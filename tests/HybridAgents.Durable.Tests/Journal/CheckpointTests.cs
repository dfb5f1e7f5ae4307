using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class CheckpointTests
{
    [Fact]
    public async Task Open_CheckpointAndTail_ReplaysOnlyTheTail()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 100; i++)
            await fixture.State.SetAsync(i, $"old {i}");
        await fixture.Journal.CheckpointAsync(CancellationToken.None);
        await fixture.State.SetAsync(5, "new 5");
        await fixture.Journal.WaitDurableAsync(fixture.State.Remove(6));

        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());

        second.State.Replayed.ShouldBe([101, 102]);
        second.State.Get(5).ShouldBe("new 5");
        second.State.Get(6).ShouldBeNull();
        second.State.Get(7).ShouldBe("old 7");
    }

    [Fact]
    public async Task Checkpoint_BesideWrites_RecoversEveryAcknowledgedOne()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files, checkpointBytes: 4096);
        for (int i = 0; i < 1000; i++)
        {
            if (i % 7 == 0)
                fixture.State.Remove(i - 7);
            await fixture.State.SetAsync(i, new string('v', i % 100));
            if (i % 250 != 249)
                continue;
            await using JournalFixture copy = await JournalFixture.OpenAsync(files.AfterPowerCut());
            copy.State.Keys.ShouldBe(fixture.State.Keys);
            copy.State.Get(i).ShouldBe(new string('v', i % 100));
        }
        files.List().ShouldContain(name => name.EndsWith(".checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_NewestCheckpointUnreadable_FallsBackToTheOneBefore()
    {
        SimulatedFiles files = await TwoCheckpointsAsync();
        files["0000000002.checkpoint"] = [1, 2, 3];

        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);

        fixture.State.Keys.ShouldBe([1, 2, 3]);
        fixture.State.Replayed.ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Open_NoCheckpointReadable_Stops()
    {
        SimulatedFiles files = await TwoCheckpointsAsync();
        files["0000000001.checkpoint"] = [1, 2, 3];
        files["0000000002.checkpoint"] = [1, 2, 3];

        (await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files))).File.ShouldBe("0000000001.checkpoint");
    }

    [Fact]
    public async Task Open_ManifestDamaged_Stops()
    {
        SimulatedFiles files = await TwoCheckpointsAsync();
        byte[] bytes = files["manifest"];
        bytes[10] ^= 1;
        files["manifest"] = bytes;

        (await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files))).File.ShouldBe("manifest");
    }

    [Fact]
    public async Task Checkpoint_DiskFull_IsTriedAgain()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files, segmentBytes: 1 << 20, checkpointBytes: 4096);
        files.OnWrite = (name, count) => name == "checkpoint.tmp" ? 0 : count;
        int waitingBefore = fixture.Time.PendingTimers;
        await fixture.State.SetAsync(1, new string('x', 5000));
        while (fixture.Time.PendingTimers == waitingBefore)
            await Task.Yield();

        files.OnWrite = (_, count) => count;
        while (!files.List().Contains("manifest"))
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        fixture.Fatal.ShouldBeEmpty();
    }

    private static async Task<SimulatedFiles> TwoCheckpointsAsync()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "a");
        await fixture.Journal.CheckpointAsync(CancellationToken.None);
        await fixture.State.SetAsync(2, "b");
        await fixture.Journal.CheckpointAsync(CancellationToken.None);
        await fixture.State.SetAsync(3, "c");
        return files.AfterPowerCut();
    }
}
