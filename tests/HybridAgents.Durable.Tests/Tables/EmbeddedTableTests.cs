using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tables;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;

namespace HybridAgents.Durable.Tests.Tables;

public sealed class EmbeddedTableContractTests : TableContractTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tables-").FullName;
    private EmbeddedTables _tables = null!;

    protected override async Task<ITableStore> OpenAsync() => (_tables = await EmbeddedTables.OpenAsync(new DiskJournalFiles(_folder))).Store;

    protected override async Task CloseAsync()
    {
        await _tables.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The contract once more with next to no cache, so that reads come from segments, and with compaction at work.</summary>
public sealed class EmbeddedTableUncachedContractTests : TableContractTests
{
    private EmbeddedTables _tables = null!;

    protected override async Task<ITableStore> OpenAsync() => (_tables = await EmbeddedTables.OpenAsync(new SimulatedFiles(), cacheBytes: 1, checkpointBytes: 8192)).Store;

    protected override async Task CloseAsync() => await _tables.DisposeAsync();
}

public sealed class EmbeddedTableTests
{
    [Fact]
    public async Task Read_OfAWriteNotYetDurable_Waits()
    {
        SimulatedFiles files = new();
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(files);
        await tables.SetAsync("p", "old", 1);
        using SemaphoreSlim go = new(0);
        files.OnFlush = _ => go.Wait();

        (await tables.Table.SubmitAsync([TableOperation.Insert(new TableRow("p", "new").Set("n", 2))], WriteDurability.Ordered)).Succeeded.ShouldBeTrue();
        Task<TableRow?> get = tables.Table.GetAsync("p", "new").AsTask();
        Task<List<string>> query = tables.KeysAsync("p");
        Task<TableWriteResult> conflict = tables.Table.SubmitAsync([TableOperation.Insert(new TableRow("p", "new"))]).AsTask();

        (await tables.GetAsync("p", "old")).ShouldBe(1);
        (get.IsCompleted, query.IsCompleted, conflict.IsCompleted).ShouldBe((false, false, false));
        files.OnFlush = _ => { };
        go.Release();
        (await get).ShouldNotBeNull().Get<int>("n").ShouldBe(2);
        (await query).ShouldBe(["new", "old"]);
        (await conflict).Failure.ShouldBe(TableFailureReason.AlreadyExists);
    }

    [Fact]
    public async Task Read_OfADeletionNotYetDurable_Waits()
    {
        SimulatedFiles files = new();
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(files);
        await tables.SetAsync("p", "a", 1);
        using SemaphoreSlim go = new(0);
        files.OnFlush = _ => go.Wait();

        await tables.Table.SubmitAsync([TableOperation.Delete("p", "a")], WriteDurability.Ordered);
        Task<TableRow?> get = tables.Table.GetAsync("p", "a").AsTask();
        Task<List<string>> query = tables.KeysAsync("p");

        (get.IsCompleted, query.IsCompleted).ShouldBe((false, false));
        files.OnFlush = _ => { };
        go.Release();
        (await get).ShouldBeNull();
        (await query).ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_AfterPowerCut_HasEveryAcknowledgedRow()
    {
        SimulatedFiles files = new();
        await using EmbeddedTables first = await EmbeddedTables.OpenAsync(files, checkpointBytes: 16 << 10);
        Random random = new(7);
        Dictionary<(string, string), int> expected = [];
        for (int i = 0; i < 2000; i++)
        {
            (string partition, string row) = ($"p{random.Next(10)}", $"r{random.Next(50):D2}");
            if (random.Next(4) == 0 && expected.Remove((partition, row)))
            {
                await first.Table.SubmitAsync([TableOperation.Delete(partition, row)]);
            }
            else
            {
                await first.SetAsync(partition, row, i);
                expected[(partition, row)] = i;
            }
            if (i % 500 == 250)
                await first.Journal.CompactAsync(CancellationToken.None);
        }

        await using EmbeddedTables second = await EmbeddedTables.OpenAsync(files.AfterPowerCut(), cacheBytes: 1);
        foreach (int p in Enumerable.Range(0, 10))
        {
            (await second.KeysAsync($"p{p}")).ShouldBe(expected.Keys.Where(key => key.Item1 == $"p{p}").Select(key => key.Item2).Order(StringComparer.Ordinal));
        }
        foreach (((string partition, string row), int value) in expected)
            (await second.GetAsync(partition, row)).ShouldBe(value);
    }

    [Fact]
    public async Task ETag_SurvivesRelocationAndRestart()
    {
        SimulatedFiles files = new();
        string? etag;
        await using (EmbeddedTables first = await EmbeddedTables.OpenAsync(files))
        {
            etag = await first.SetAsync("kept", "row", 42);
            for (int i = 0; i < 300; i++)
                await first.SetAsync("gone", $"{i}", i);
            for (int i = 0; i < 300; i++)
                await first.Table.SubmitAsync([TableOperation.Delete("gone", $"{i}")], WriteDurability.Ordered);
            await first.Journal.CompactAsync(CancellationToken.None);
            files.List().ShouldNotContain("0000000001.segment");
        }

        await using EmbeddedTables second = await EmbeddedTables.OpenAsync(files, cacheBytes: 1);
        TableRow row = (await second.Table.GetAsync("kept", "row")).ShouldNotBeNull();
        row.Get<int>("n").ShouldBe(42);
        row.ETag.ShouldBe(etag);
        (await second.Table.SubmitAsync([TableOperation.Delete("kept", "row", etag)])).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Compact_AfterPurge_FreesTheDisk()
    {
        SimulatedFiles files = new();
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(files);
        for (int i = 0; i < 50; i++)
            await tables.Table.SubmitAsync([.. Enumerable.Range(0, 20).Select(n => TableOperation.Insert(new TableRow($"run{i}", $"e|{n:D20}").Set("text", new string('t', 200))))]);
        int before = files.List().Count;
        for (int i = 1; i < 50; i++)
            await tables.Table.SubmitAsync([.. Enumerable.Range(0, 20).Select(n => TableOperation.Delete($"run{i}", $"e|{n:D20}"))]);

        await tables.Journal.CompactAsync(CancellationToken.None);

        before.ShouldBeGreaterThan(40);
        files.List().Count.ShouldBeLessThan(15);
        (await tables.KeysAsync("run0")).Count.ShouldBe(20);
        (await tables.KeysAsync("run1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Compact_BesideReadersAndWriters_LosesNothing()
    {
        SimulatedFiles files = new();
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(files, cacheBytes: 1);
        for (int i = 0; i < 200; i++)
            await tables.SetAsync("kept", $"{i:D3}", i);
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await tables.SetAsync("hot", $"{i % 40}", i);
                if (i % 3 == 0)
                    await tables.Table.SubmitAsync([TableOperation.UpsertMerge(new TableRow("kept", $"{i % 200:D3}").Set("touched", i))]);
            }
        });
        Task reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                int n = 0;
                await foreach (TableRow row in tables.Table.QueryAsync("kept"))
                    row.Get<int>("n").ShouldBe(n++);
                n.ShouldBe(200);
            }
        });
        for (int i = 0; i < 30; i++)
            await tables.Journal.CompactAsync(CancellationToken.None);
        await stop.CancelAsync();
        await writing;
        await reading;

        await using EmbeddedTables second = await EmbeddedTables.OpenAsync(files.AfterPowerCut(), cacheBytes: 1);
        for (int i = 0; i < 200; i++)
            (await second.GetAsync("kept", $"{i:D3}")).ShouldBe(i);
    }

    [Fact]
    public async Task Keys_OrderAndRoundTrip_LikeOrdinalStrings()
    {
        string[] keys = ["", "\0", "a", "é", "\u07ff", "\u0800", "\ud7ff", "\U0001F600", "\ud800", "\ue000", "\uffff"];
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(new SimulatedFiles());
        foreach (string key in keys.Reverse())
            await tables.SetAsync("p", key, 1);

        (await tables.KeysAsync("p")).ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Submit_TooLarge_IsRefusedAndNamesTheLimit()
    {
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(new SimulatedFiles());
        byte[] large = new byte[(1 << 20) - 100];

        (await Refused([TableOperation.Upsert(new TableRow("p", "a").Set("x", large).Set("y", large))])).ShouldContain("1048576");
        (await Refused([.. Enumerable.Range(0, 5).Select(i => TableOperation.Upsert(new TableRow("p", $"{i}").Set("x", large)))])).ShouldContain("4194304");
        (await Refused([TableOperation.Upsert(new TableRow("p", new string('k', 1025)))])).ShouldContain("1024");
        (await tables.KeysAsync("p")).ShouldBeEmpty();

        async Task<string> Refused(IReadOnlyList<TableOperation> operations) =>
            (await Should.ThrowAsync<ArgumentException>(async () => await tables.Table.SubmitAsync(operations))).Message;
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("with-dash")]
    public async Task GetTable_BadName_IsRefused(string name)
    {
        await using EmbeddedTables tables = await EmbeddedTables.OpenAsync(new SimulatedFiles());

        Should.Throw<ArgumentException>(() => tables.Store.GetTable(name)).Message.ShouldContain(name);
    }
}
