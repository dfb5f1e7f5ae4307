using HybridAgents.Durable.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class DiskJournalFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    [Fact]
    public async Task Open_OnDisk_SurvivesReopeningAndCopyingMidFlight()
    {
        string copy = Path.Combine(_folder, "copy");
        await using (DurableJournal journal = await OpenAsync(_folder, out KeyValueState state))
        {
            for (int i = 0; i < 200; i++)
                await state.SetAsync(i, new string('v', 100));
            Directory.CreateDirectory(Path.Combine(copy, "journal"));
            foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, "journal")))
                File.Copy(file, Path.Combine(copy, "journal", Path.GetFileName(file)));
        }

        foreach (string folder in new[] { _folder, copy })
        {
            await using DurableJournal journal = await OpenAsync(folder, out KeyValueState state);
            state.Keys.ShouldBe(Enumerable.Range(0, 200));
            state.Get(199).ShouldBe(new string('v', 100));
        }
    }

    [Fact]
    public async Task Open_FolderInUse_NamesTheFolder()
    {
        await using DurableJournal journal = await OpenAsync(_folder, out _);

        (await Should.ThrowAsync<IOException>(() => OpenAsync(_folder, out _))).Message.ShouldContain(_folder);
    }

    [Fact]
    public async Task Dispose_ReleasesTheFolder()
    {
        await using (await OpenAsync(_folder, out _))
        {
        }

        await using DurableJournal journal = await OpenAsync(_folder, out _);
        journal.RefusalReason.ShouldBeNull();
    }

    [Fact]
    public void Open_SettingOutOfRange_NamesIt()
    {
        JournalOptions options = new() { Path = _folder, SegmentBytes = 1 };

        Should.Throw<System.ComponentModel.DataAnnotations.ValidationException>(() =>
            DurableJournal.OpenAsync(options, [], TimeProvider.System, NullLogger.Instance, CancellationToken.None)).Message.ShouldContain("SegmentBytes");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<DurableJournal> OpenAsync(string folder, out KeyValueState state)
    {
        KeyValueState participant = state = new KeyValueState();
        return OpenAsync();

        async Task<DurableJournal> OpenAsync()
        {
            JournalOptions options = new() { Path = folder, SegmentBytes = 16 << 10 };
            DurableJournal journal = await DurableJournal.OpenAsync(options, [participant], TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            participant.Journal = journal;
            return journal;
        }
    }
}
