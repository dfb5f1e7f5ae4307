using System.Buffers.Binary;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Journal.Tools;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class JournalVerifierTests
{
    [Fact]
    public async Task Verify_AfterCleanClose_CountsEveryFrameAndRecord()
    {
        SimulatedFiles files = await FilledAsync(100);
        JournalReport report = Verify(files);
        report.Verdict.ShouldBe(JournalVerdict.Sound);
        (report.Records, report.DurableLsn, report.FirstDamage).ShouldBe((100, 100, null));
        report.Frames.ShouldBeInRange(1, 100);
        report.Files.Select(file => file.Name).Take(2).ShouldBe(["manifest", "0000000001.checkpoint"]);
        report.Files.Count(file => file.Name.EndsWith(".segment", StringComparison.Ordinal)).ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Verify_EachFlippedByteOfASealedSegment_IsDamageInThatFileAtOrBeforeIt()
    {
        SimulatedFiles files = await FilledAsync(60);
        string name = files.List().Where(file => file.EndsWith(".segment", StringComparison.Ordinal)).Order().First();
        long end = Verify(files).Files.Single(file => file.Name == name).Bytes;
        for (int at = 0; at < end; at += 7)
        {
            files[name][at] ^= 0x10;
            JournalReport report = Verify(files);
            report.Verdict.ShouldBe(JournalVerdict.Damaged, $"byte {at}");
            report.FirstDamage!.Name.ShouldBe(name);
            report.FirstDamage.Fault!.Offset.ShouldBeLessThanOrEqualTo(at);
            files[name][at] ^= 0x10;
        }

        Verify(files).Verdict.ShouldBe(JournalVerdict.Sound);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("0000000001.checkpoint")]
    public async Task Verify_FlippedByteOf_IsDamageInThatFile(string name)
    {
        SimulatedFiles files = await FilledAsync(60);
        files[name][files[name].Length / 2] ^= 1;
        JournalReport report = Verify(files);
        (report.Verdict, report.FirstDamage!.Name).ShouldBe((JournalVerdict.Damaged, name));
        report.Records.ShouldBe(60);
    }

    [Fact]
    public async Task Verify_MissingSegment_IsNamed()
    {
        SimulatedFiles files = await FilledAsync(100);
        string name = files.List().Where(file => file.EndsWith(".segment", StringComparison.Ordinal)).Order().ElementAt(1);
        files.Delete(name);
        JournalReport report = Verify(files);
        report.FirstDamage!.Name.ShouldBe(name);
        report.FirstDamage.Fault!.What.ShouldContain("missing");
    }

    [Fact]
    public async Task Verify_TornTail_IsNoDamage()
    {
        SimulatedFiles files = await CrashedAsync(3);
        string name = "0000000001.segment";
        long end = Verify(files).Files[^1].Bytes;
        "HAJF torn"u8.CopyTo(files[name].AsSpan((int)end));
        JournalReport report = Verify(files);
        (report.Verdict, report.FirstDamage).ShouldBe((JournalVerdict.TornTail, null));
        report.TornBytes.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task Verify_DamageThatALaterFrameProves_NamesTheRecordsThatWereOnDisk()
    {
        SimulatedFiles files = await CrashedAsync(5);
        files["0000000001.segment"][files["0000000001.segment"].AsSpan().IndexOf("3=value"u8)] ^= 1;
        JournalReport report = Verify(files);
        report.Verdict.ShouldBe(JournalVerdict.Damaged);
        report.FirstDamage!.LastLsn.ShouldBe(2);
        report.FirstDamage.Fault!.What.ShouldContain("record 3 is damaged");
    }

    [Fact]
    public async Task Verify_AgreesWithRecovery_OnEachFlippedByteOfTheTail()
    {
        SimulatedFiles files = await CrashedAsync(4);
        byte[] segment = files["0000000001.segment"];
        long end = Verify(files).Files[^1].Bytes;
        for (int at = SegmentHeader.Size; at < end; at += 3)
        {
            byte[] damaged = [.. segment];
            damaged[at] ^= 0x40;
            SimulatedFiles copy = new() { ["0000000001.segment"] = damaged };
            JournalVerdict verdict = Verify(copy).Verdict;
            Exception? error = await Record.ExceptionAsync(async () => await (await JournalFixture.OpenAsync(copy)).DisposeAsync());
            (error is JournalCorruptException).ShouldBe(verdict == JournalVerdict.Damaged, $"byte {at}");
        }
    }

    [Theory]
    [InlineData(JournalFormat.Current + 1, "newer")]
    [InlineData(JournalFormat.Oldest - 1, "older")]
    public async Task Open_SegmentOfAnotherFormat_SaysWhatToDoAndChangesNothing(int version, string expected)
    {
        SimulatedFiles files = await CrashedAsync(3);
        byte[] header = files["0000000001.segment"];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Compute(header.AsSpan(0, 28)));
        byte[] before = [.. header];

        JournalVersionException error = await Should.ThrowAsync<JournalVersionException>(() => JournalFixture.OpenAsync(files));

        (error.File, error.Version).ShouldBe(("0000000001.segment", version));
        error.Message.ShouldContain(expected);
        files["0000000001.segment"].ShouldBe(before);
        Should.Throw<JournalVersionException>(() => Verify(files));
    }

    [Fact]
    public async Task Open_ManifestOfANewerFormat_IsRefusedBeforeItsMembersAreRead()
    {
        SimulatedFiles files = await FilledAsync(10);
        byte[] json = """{"Format":99,"Newest":"something else"}"""u8.ToArray();
        byte[] manifest = [.. new byte[4], .. json];
        BinaryPrimitives.WriteUInt32LittleEndian(manifest, Crc32C.Compute(json));
        files["manifest"] = manifest;
        (await Should.ThrowAsync<JournalVersionException>(() => JournalFixture.OpenAsync(files))).Version.ShouldBe(99);
    }

    private static JournalReport Verify(SimulatedFiles files) => new JournalVerifier(files).Verify(CancellationToken.None);

    /// <summary>A journal of several segments with a checkpoint, closed in order.</summary>
    private static async Task<SimulatedFiles> FilledAsync(int records)
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 1; i <= records; i++)
            await fixture.State.SetAsync(i, $"value {new string('v', 100)}");
        return files;
    }

    /// <summary>One segment without a checkpoint, each record a frame.</summary>
    internal static async Task<SimulatedFiles> CrashedAsync(int records)
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 1; i <= records; i++)
            await fixture.State.SetAsync(i, "value");
        return files.AfterPowerCut();
    }
}
