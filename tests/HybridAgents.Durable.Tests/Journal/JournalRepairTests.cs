using HybridAgents.Durable.Journal.Tools;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class JournalRepairTests
{
    private const string FirstSegment = "0000000001.segment";

    [Fact]
    public async Task Repair_SoundJournal_ChangesNothing()
    {
        SimulatedFiles files = await JournalVerifierTests.CrashedAsync(3);
        byte[] before = [.. files[FirstSegment]];
        Repair(files).Outcome.ShouldBe(JournalRepairOutcome.NotNeeded);
        files[FirstSegment].ShouldBe(before);
    }

    [Fact]
    public async Task Repair_TornTail_CutsItAndKeepsACopy()
    {
        SimulatedFiles files = await JournalVerifierTests.CrashedAsync(3);
        int end = EndOf(files);
        "torn write"u8.CopyTo(files[FirstSegment].AsSpan(end));

        JournalRepair repair = Repair(files);

        repair.Outcome.ShouldBe(JournalRepairOutcome.Cut);
        repair.FirstLostLsn.ShouldBeNull();
        files[repair.Copy!].ShouldBe("torn write"u8.ToArray());
        files[FirstSegment].Length.ShouldBe(end);
        await ShouldOpenWithAsync(files, [1, 2, 3]);
        files.List().ShouldContain(repair.Copy!);
    }

    [Fact]
    public async Task Repair_AcknowledgedTailDamaged_RefusesUntilTheLossIsAccepted()
    {
        SimulatedFiles files = await JournalVerifierTests.CrashedAsync(5);
        files[FirstSegment][files[FirstSegment].AsSpan().IndexOf("3=value"u8)] ^= 1;
        byte[] before = [.. files[FirstSegment]];

        JournalRepair refused = Repair(files);
        refused.Outcome.ShouldBe(JournalRepairOutcome.Refused);
        (refused.FirstLostLsn, refused.LastLostLsn).ShouldBe((3, 4)); // The last frame was never followed by one that says it was synced.
        files[FirstSegment].ShouldBe(before);

        JournalRepair repair = Repair(files, acceptLoss: true);
        (repair.Outcome, repair.FirstLostLsn).ShouldBe((JournalRepairOutcome.Cut, 3));
        byte[] together = [.. files[FirstSegment], .. files[repair.Copy!]];
        together.ShouldBe(before.AsSpan().TrimEnd((byte)0).ToArray());
        await ShouldOpenWithAsync(files, [1, 2]);
    }

    [Fact]
    public async Task Repair_Twice_KeepsBothCopies()
    {
        SimulatedFiles files = await JournalVerifierTests.CrashedAsync(3);
        int end = EndOf(files);
        string[] copies = new string[2];
        for (int i = 0; i < 2; i++)
        {
            files[FirstSegment] = [.. files[FirstSegment].AsSpan(0, end), (byte)(i + 1), 0];
            copies[i] = Repair(files).Copy!;
        }

        files[copies[0]].ShouldBe([1]);
        files[copies[1]].ShouldBe([2]);
    }

    [Fact]
    public async Task Repair_DamageBelowTheCheckpoint_IsRefused()
    {
        SimulatedFiles files = new();
        await using (JournalFixture fixture = await JournalFixture.OpenAsync(files))
        {
            for (int i = 1; i <= 3; i++)
                await fixture.State.SetAsync(i, "value");
        }
        files[FirstSegment][files[FirstSegment].AsSpan().IndexOf("2=value"u8)] ^= 1;

        JournalRepair repair = Repair(files, acceptLoss: true);

        repair.Outcome.ShouldBe(JournalRepairOutcome.Refused);
        repair.Explanation.ShouldContain("checkpoint");
    }

    [Fact]
    public async Task Repair_DamageBeforeTheLastSegment_IsRefused()
    {
        SimulatedFiles files = new();
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        for (int i = 1; i <= 60; i++)
            await fixture.State.SetAsync(i, $"value {new string('v', 100)}");
        files = files.AfterPowerCut();
        files[FirstSegment][200] ^= 1;

        JournalRepair repair = Repair(files, acceptLoss: true);

        repair.Outcome.ShouldBe(JournalRepairOutcome.Refused);
        repair.Explanation.ShouldContain(FirstSegment);
    }

    private static JournalRepair Repair(SimulatedFiles files, bool acceptLoss = false) => JournalRepair.Run(files, acceptLoss, CancellationToken.None);

    private static int EndOf(SimulatedFiles files) => (int)new JournalVerifier(files).Verify(CancellationToken.None).Files[^1].Bytes;

    private static async Task ShouldOpenWithAsync(SimulatedFiles files, int[] keys)
    {
        await using JournalFixture fixture = await JournalFixture.OpenAsync(files);
        fixture.State.Keys.ShouldBe(keys);
        await fixture.State.SetAsync(99, "goes on");
        fixture.State.Get(99).ShouldBe("goes on");
    }
}
