using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class RecoveryTests
{
    private const string FirstSegment = "0000000001.segment";

    [Fact]
    public async Task Open_AfterCleanClose_ReadsTheCheckpointAndReplaysNothing()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            for (int i = 0; i < 100; i++)
                fixture.State.Set(i, $"value {i}");
        }

        await using JournalFixture second = await JournalFixture.OpenAsync(files.AfterPowerCut());
        second.State.Replayed.ShouldBeEmpty();
        second.State.Keys.ShouldBe(Enumerable.Range(0, 100));
        second.State.Get(42).ShouldBe("value 42");
        second.Journal.DurableLsn.ShouldBe(100);
        (await Appended(second)).ShouldBe(101);
    }

    [Fact]
    public async Task Open_AfterPowerCut_HasAllThatWasAcknowledgedAndNoMore()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 300; i++)
            await fixture.State.SetAsync(i, $"value {i}");
        using SemaphoreSlim inside = new(0), go = new(0);
        files.OnFlush = _ =>
        {
            inside.Release();
            go.Wait();
        };
        fixture.State.Set(300, "never synced");
        await inside.WaitAsync();
        SimulatedFiles after = files.AfterPowerCut();
        files.OnFlush = _ => { };
        go.Release();

        await using JournalFixture second = await JournalFixture.OpenAsync(after);
        second.State.Keys.ShouldBe(Enumerable.Range(0, 300));
        second.State.Get(299).ShouldBe("value 299");
        second.State.Replayed.ShouldBe(Enumerable.Range(1, 300).Select(lsn => (long)lsn));
    }

    [Fact]
    public async Task Open_TornAtEachByteOfTheLastFrame_KeepsEverythingBeforeIt()
    {
        (byte[] segment, int lastFrame, int end) = await ThreeFramesAsync();
        for (int cut = lastFrame; cut < end; cut++)
        {
            byte[] torn = [.. segment];
            torn.AsSpan(cut).Clear();
            SimulatedFiles files = new() { [FirstSegment] = torn };
            await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
            {
                // A cut within the trailing zero bytes of the frame, if it has any, loses nothing.
                bool whole = torn.AsSpan().SequenceEqual(segment);
                fixture.State.Keys.ShouldBe(whole ? [1, 2, 3] : [1, 2], $"cut at {cut}");
                await fixture.State.SetAsync(4, "after");
            }

            await using JournalFixture second = await JournalFixture.OpenAsync(files);
            second.State.Get(4).ShouldBe("after");
        }
    }

    [Fact]
    public async Task Open_GarbageInTheLastFrame_CutsItAndGoesOn()
    {
        (byte[] segment, int lastFrame, int end) = await ThreeFramesAsync();
        for (int at = lastFrame; at < end; at++)
        {
            byte[] torn = [.. segment];
            torn[at] ^= 0x40;
            SimulatedFiles files = new() { [FirstSegment] = torn };
            await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
            fixture.State.Keys.ShouldBe([1, 2], $"flipped at {at}");
            (await Appended(fixture)).ShouldBe(3);
        }
    }

    [Fact]
    public async Task Open_FlippedBitInAnEarlierFrame_StopsWithFileAndOffset()
    {
        (byte[] segment, int lastFrame, _) = await ThreeFramesAsync();
        int first = SegmentHeader.Size;
        for (int at = first; at < lastFrame; at++)
        {
            byte[] damaged = [.. segment];
            damaged[at] ^= 1;
            SimulatedFiles files = new() { [FirstSegment] = damaged };

            JournalCorruptException error = await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files), $"flipped at {at}");
            error.File.ShouldBe(FirstSegment);
            error.Offset.ShouldBeInRange(first, at);
            error.Message.ShouldContain(FirstSegment);
        }
    }

    [Fact]
    public async Task Open_DamagedEndOfASegmentThatIsNotTheLast_Stops()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            for (int i = 0; i < 200; i++)
                await fixture.State.SetAsync(i, new string('v', 100));
            files = files.AfterPowerCut();
        }
        byte[] bytes = files[FirstSegment];
        int last = bytes.AsSpan().LastIndexOf(FrameHeader.Magic);
        bytes[last + 50] ^= 1;
        files[FirstSegment] = bytes;

        JournalCorruptException error = await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files));
        error.Offset.ShouldBe(last);
    }

    [Fact]
    public async Task Open_LastFrameDamagedAfterCleanClose_StopsBecauseTheManifestKnowsIt()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
            await fixture.State.SetAsync(1, "acknowledged");
        byte[] bytes = files[FirstSegment];
        bytes[SegmentHeader.Size + 50] ^= 1;
        files[FirstSegment] = bytes;

        await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files));
    }

    [Fact]
    public async Task Open_SegmentMissing_Stops()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            for (int i = 0; i < 200; i++)
                await fixture.State.SetAsync(i, new string('v', 100));
            files = files.AfterPowerCut();
        }
        files.Delete("0000000002.segment");

        (await Should.ThrowAsync<JournalCorruptException>(() => JournalFixture.OpenAsync(files))).File.ShouldBe("0000000002.segment");
    }

    [Fact]
    public async Task Open_StoredContentThatLooksLikeAFrame_IsNotTakenForOne()
    {
        (byte[] segment, int lastFrame, int end) = await ThreeFramesAsync();
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            await fixture.State.SetAsync(1, "a");
            files = files.AfterPowerCut();
        }
        byte[] bytes = files[FirstSegment];
        int tail = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        segment.AsSpan(lastFrame, end - lastFrame).CopyTo(bytes.AsSpan(tail + 10)); // A torn frame whose payload holds another journal's frame, which says durable = 2.
        bytes[tail] = 1;
        files[FirstSegment] = bytes;

        await using JournalFixture second = await JournalFixture.OpenAsync(files);
        second.State.Keys.ShouldBe([1]);
    }

    private static async Task<long> Appended(JournalFixture fixture)
    {
        long lsn = fixture.State.Set(9999, "next");
        await fixture.Journal.WaitDurableAsync(lsn);
        return lsn;
    }

    /// <summary>A journal of three frames with one record each, as a power cut left it; where the last begins and ends.</summary>
    private static async Task<(byte[] Segment, int LastFrame, int End)> ThreeFramesAsync()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 1; i <= 3; i++)
            await fixture.State.SetAsync(i, $"value {i}");
        byte[] segment = files.AfterPowerCut()[FirstSegment];
        return (segment, segment.AsSpan().LastIndexOf(FrameHeader.Magic), segment.AsSpan().LastIndexOfAnyExcept((byte)0) + 1);
    }
}
