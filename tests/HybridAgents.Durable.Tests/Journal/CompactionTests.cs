using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class CompactionTests
{
    [Fact]
    public async Task Checkpoint_SegmentsWithoutLife_AreDeleted()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 500; i++)
            await fixture.State.SetAsync(i % 5, new string('v', 100));
        Segments(files).Count.ShouldBeGreaterThan(10);

        await fixture.Journal.CheckpointAsync(CancellationToken.None);

        Segments(files).Count.ShouldBeLessThanOrEqualTo(2);
        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Keys.ShouldBe([0, 1, 2, 3, 4]);
        second.State.Get(4).ShouldBe(new string('v', 100));
    }

    [Fact]
    public async Task Compact_MostlyDead_MovesWhatLivesAndFreesTheRest()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 600; i++)
            await fixture.State.SetAsync(i, new string('v', 100));
        for (int i = 0; i < 600; i++)
        {
            if (i % 20 != 0)
                fixture.State.Remove(i);
        }
        int before = Segments(files).Count;

        await fixture.Journal.CompactAsync(CancellationToken.None);

        Segments(files).Count.ShouldBeLessThan(before / 2);
        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Keys.ShouldBe(Enumerable.Range(0, 30).Select(i => i * 20));
        second.State.Keys.ShouldAllBe(key => second.State.Get(key) == new string('v', 100));
    }

    [Fact]
    public async Task Compact_UnderConcurrentWrites_LosesNothing()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 300; i++)
            await fixture.State.SetAsync(i, $"first {i} {new string('v', 80)}");
        using CancellationTokenSource stop = new();
        Task writer = Task.Run(async () =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                for (int i = 0; i < 300; i += 3)
                    fixture.State.Set(i, $"round {round} {i}");
                await fixture.State.SetAsync(1, $"round {round} {new string('w', 300)}");
            }
        });
        for (int i = 0; i < 20; i++)
            await fixture.Journal.CompactAsync(CancellationToken.None);
        await stop.CancelAsync();
        await writer;
        await fixture.Journal.CompactAsync(CancellationToken.None);

        Dictionary<int, string?> expected = fixture.State.Keys.ToDictionary(key => key, fixture.State.Get);
        expected.Count.ShouldBe(300);
        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Keys.ToDictionary(key => key, second.State.Get).ShouldBe(expected);
    }

    [Fact]
    public async Task Read_BesideDeletion_EndsBeforeTheFileGoes()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "pinned");
        await fixture.State.SetAsync(2, new string('x', 5000));
        using SemaphoreSlim inside = new(0), go = new(0);
        files.OnRead = name =>
        {
            inside.Release();
            go.Wait();
        };
        RecordLocation first = new(1, SegmentHeader.Size + FrameHeader.Size + 2, "1=pinned".Length + Crc32C.SealSize);
        Task<ReadOnlyMemory<byte>> reading = Task.Run(() => fixture.Journal.Read(first));
        await inside.WaitAsync();
        fixture.State.Remove(1);
        Task checkpoint = fixture.Journal.CheckpointAsync(CancellationToken.None);
        while (!files.List().Contains("manifest"))
            await Task.Yield();

        files.List().ShouldContain("0000000001.segment");
        checkpoint.IsCompleted.ShouldBeFalse();
        go.Release();

        (await reading).ToArray().ShouldBe("1=pinned"u8.ToArray());
        await checkpoint;
        files.List().ShouldNotContain("0000000001.segment");
        Should.Throw<InvalidOperationException>(() => fixture.Journal.Read(first));
        files.OnRead = _ => { };
    }

    private static List<string> Segments(SimulatedFiles files) => [.. files.List().Where(name => name.EndsWith(".segment", StringComparison.Ordinal))];
}
