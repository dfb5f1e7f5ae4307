using System.Globalization;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Journal.Tools;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>Every format that this build says it reads has a folder in <c>Golden</c>, written when the format was the current one. It is never written again.</summary>
public sealed class GoldenJournalTests : IDisposable
{
    /// <summary>Set to 1, it adds the folder of a format that has none yet.</summary>
    private const string Add = "HYBRID_ADD_GOLDEN_JOURNAL";

    private readonly string _parent = Directory.CreateTempSubdirectory("hybrid-golden-").FullName;

    public static TheoryData<int> Formats => [.. Enumerable.Range(JournalFormat.Oldest, JournalFormat.Current - JournalFormat.Oldest + 1)];

    private string Folder => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Engine_OnAFolderOfEachFormat_FindsAllOfItAndGoesOn(int format)
    {
        string golden = Path.Combine(PublicApiTests.Root(), "tests", "HybridAgents.Durable.Tests", "Journal", "Golden", format.ToString(CultureInfo.InvariantCulture));
        if (!Directory.Exists(golden) && Environment.GetEnvironmentVariable(Add) == "1")
            await GoldenJournal.WriteAsync(golden);
        Copy(Path.Combine(golden, "journal"), Path.Combine(Folder, "journal"));

        JournalReport report = JournalTool.Verify(Folder);
        (report.Format, report.Verdict).ShouldBe((format, JournalVerdict.Sound));
        JournalTool.Inspect(Folder, new() { WithContent = true }).ShouldAllBe(record => record.Content != null);
        await GoldenJournal.ReadAsync(Folder);
    }

    /// <summary>So that the folder of the next format will be a good one too.</summary>
    [Fact]
    public async Task Engine_OnAFolderWrittenNow_FindsAllOfItAndGoesOn()
    {
        await GoldenJournal.WriteAsync(Folder);
        await GoldenJournal.ReadAsync(Folder);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
