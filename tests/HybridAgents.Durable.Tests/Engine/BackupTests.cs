using HybridAgents.Durable.Journal.Tools;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Tests.Engine;

public sealed class BackupTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("hybrid-backup-").FullName;

    private string Target => Path.Combine(_parent, "copy");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task Backup_UnderLoad_HoldsAllThatWasAcknowledgedBeforeAndStarts()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Register, configure: options => options.Journal.SegmentBytes = 64 << 10);
        ITable table = harness.Engine.Tables.GetTable("orders");
        for (int i = 0; i < 50; i++)
            await harness.RunAsync("Add", i, $"before-{i}");
        await table.SubmitAsync([TableOperation.Insert(new TableRow("p", "r").Set("Text", "kept"))]);
        await harness.Client.ScheduleNewAsync("Wait", null, new("waiting"));
        using CancellationTokenSource stop = new();
        Task load = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
                await harness.RunAsync("Add", i);
        });

        JournalBackup backup = await harness.Engine.BackupAsync(Target);
        await stop.CancelAsync();
        await load;

        JournalReport report = JournalTool.Verify(Target);
        (report.Verdict, report.DurableLsn).ShouldBe((JournalVerdict.Sound, backup.LastLsn));
        Directory.GetFileSystemEntries(_parent).ShouldBe([Target]);
        await using EngineHarness restored = await EngineHarness.StartAsync(Register, configure: options => options.Path = Target);
        for (int i = 0; i < 50; i++)
            (await restored.EndOfAsync($"before-{i}")).Output!.Value.As<int>().ShouldBe(i + 1);
        (await restored.Engine.Tables.GetTable("orders").GetAsync("p", "r"))!["Text"].ShouldBe("kept");
        await restored.Client.RaiseEventAsync("waiting", "go", 7);
        (await restored.EndOfAsync("waiting")).Output!.Value.As<int>().ShouldBe(7);
    }

    [Fact]
    public async Task Backup_ToAnExistingFolder_IsRefused()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Register);
        Directory.CreateDirectory(Target);
        (await Should.ThrowAsync<IOException>(() => harness.Engine.BackupAsync(Target))).Message.ShouldContain(Target);
    }

    [Fact]
    public async Task Backup_OfANewEngine_IsAnEmptyOneThatStarts()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Register);
        (await harness.Engine.BackupAsync(Target)).LastLsn.ShouldBe(0);
        await using EngineHarness restored = await EngineHarness.StartAsync(Register, configure: options => options.Path = Target);
        (await restored.RunAsync("Add", 1)).Output!.Value.As<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Backup_Cancelled_LeavesNothing()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Register);
        await harness.RunAsync("Add", 1);
        await Should.ThrowAsync<OperationCanceledException>(() => harness.Engine.BackupAsync(Target, new CancellationToken(canceled: true)));
        Directory.GetFileSystemEntries(_parent).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tool_OnAFolderInUse_IsRefused()
    {
        string folder = "";
        await using EngineHarness harness = await EngineHarness.StartAsync(Register, configure: options => folder = options.Path);
        Should.Throw<IOException>(() => JournalTool.Verify(folder)).Message.ShouldContain("in use");
        Should.Throw<IOException>(() => JournalTool.Repair(folder)).Message.ShouldContain("in use");
    }

    [Fact]
    public void Tool_WhereThereIsNoJournal_SaysSo() =>
        Should.Throw<DirectoryNotFoundException>(() => JournalTool.Verify(_parent)).Message.ShouldContain(_parent);

    [Fact]
    public async Task Inspect_OfABackup_ShowsRecordsAndHidesContentsUntilAsked()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Register);
        await harness.RunAsync("Add", 41, "one");
        await harness.RunAsync("Add", 1, "two");
        await harness.Engine.Tables.GetTable("orders").SubmitAsync([TableOperation.Insert(new TableRow("one", "r").Set("Text", "secret"))]);
        await harness.Engine.BackupAsync(Target);

        JournalRecord[] all = [.. JournalTool.Inspect(Target)];
        all.Select(record => record.Lsn).ShouldBe(Enumerable.Range(1, all.Length).Select(lsn => (long)lsn));
        all.ShouldAllBe(record => record.Content == null && record.Bytes > 0);
        JournalRecord[] one = [.. JournalTool.Inspect(Target, new() { Instance = "one", WithContent = true })];
        one.Select(record => record.Kind).ShouldBe(["turn", "turn", "rows"]);
        one[0].Content!.ToJsonString().ShouldContain("\"type\":\"execution_started\"");
        one[0].Content!.ToJsonString().ShouldContain("\"input\":41");
        (one[2].Table, one[2].Partition, one[2].Rows![0]).ShouldBe(("orders", "one", "r"));
        one[2].Content!.ToJsonString().ShouldContain("secret");
        JournalTool.Inspect(Target, new() { FromLsn = all.Length }).Count().ShouldBe(1);
    }

    private static void Register(DurableRegistry registry) => registry
        .Orchestrator<int, int>("Add", (context, input) => context.CallActivityAsync<int>("AddOne", input))
        .Orchestrator<object, int>("Wait", (context, _) => context.WaitForExternalEvent<int>("go"))
        .Activity<int, int>("AddOne", (_, input) => Task.FromResult(input + 1));
}
