using System.Text;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>Bits that flip while the journal is open, in what recovery has long read.</summary>
public sealed class DamageTests
{
    private const string FirstSegment = "0000000001.segment";

    [Fact]
    public async Task Read_AnyFlippedBitOfAValue_NamesFileAndOffset()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        await fixture.State.SetAsync(1, "value");
        int start = files[FirstSegment].AsSpan().IndexOf("1=value"u8);
        for (int bit = 0; bit < ("1=value".Length + Crc32C.SealSize) * 8; bit++)
        {
            files[FirstSegment][start + bit / 8] ^= (byte)(1 << bit % 8);
            JournalCorruptException error = Should.Throw<JournalCorruptException>(() => fixture.State.Get(1));
            (error.File, error.Offset).ShouldBe((FirstSegment, start));
            files[FirstSegment][start + bit / 8] ^= (byte)(1 << bit % 8);
        }

        fixture.State.Get(1).ShouldBe("value");
    }

    [Fact]
    public async Task Compact_DamagedSegment_StaysAsItIsAndTheOthersAreEmptied()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 0; i < 400; i++)
            await fixture.State.SetAsync(i, new string('v', 100));
        for (int i = 0; i < 400; i++)
        {
            if (i % 20 != 0)
                fixture.State.Remove(i);
        }
        int before = files.List().Count;
        files[FirstSegment][files[FirstSegment].AsSpan().IndexOf("0=v"u8) + 5] ^= 1;

        await fixture.Journal.CompactAsync(CancellationToken.None);

        files.List().ShouldContain(FirstSegment);
        files.List().Count.ShouldBeLessThan(before / 2);
        Should.Throw<JournalCorruptException>(() => fixture.State.Get(0));
        Enumerable.Range(1, 19).ShouldAllBe(i => fixture.State.Get(i * 20) == new string('v', 100));
        fixture.Fatal.ShouldBeEmpty();
    }

    [Fact]
    public async Task Row_WithAFlippedBitOnDisk_IsNotServed()
    {
        SimulatedFiles files = new();
        EmbeddedTableStore store = new(TimeProvider.System, cacheBytes: 0);
        JournalOptions options = new() { Path = "simulated", SegmentBytes = 4096, OnFatal = _ => { } };
        await using DurableJournal journal = await DurableJournal.OpenAsync(options, files, [store], TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        store.Attach(journal);
        ITable table = store.GetTable("orders");
        await table.SubmitAsync([TableOperation.Insert(new TableRow("p", "a").Set("Text", "first")), TableOperation.Insert(new TableRow("p", "b").Set("Text", "second"))]);
        await table.SubmitAsync([TableOperation.Insert(new TableRow("p", "c"))]); // After it, the first batch has left the memory too.

        files[FirstSegment][files[FirstSegment].AsSpan().IndexOf(Encoding.UTF8.GetBytes("first"))] ^= 1;

        (await Should.ThrowAsync<JournalCorruptException>(async () => await table.GetAsync("p", "a"))).File.ShouldBe(FirstSegment);
        (await table.GetAsync("p", "b"))!["Text"].ShouldBe("second");
    }
}
