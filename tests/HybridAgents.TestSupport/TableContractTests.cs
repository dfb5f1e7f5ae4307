using System.Globalization;
using HybridAgents.Durable.Tables;

namespace HybridAgents.TestSupport;

/// <summary>What every table store does. A store's own test class inherits this and says how to open one.</summary>
public abstract class TableContractTests : IAsyncLifetime
{
    protected ITable Table { get; private set; } = null!;

    /// <summary>A partition that no other test uses.</summary>
    protected string Partition { get; } = "p" + Guid.NewGuid().ToString("N");

    protected abstract Task<ITableStore> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => Table = (await OpenAsync()).GetTable("contract");

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task Get_AbsentRow_IsNull() => (await Table.GetAsync(Partition, "none")).ShouldBeNull();

    [Fact]
    public async Task Insert_NewRow_CanBeRead()
    {
        TableWriteResult result = await Table.SubmitAsync([TableOperation.Insert(Row("a").Set("text", "hello"))]);

        result.Succeeded.ShouldBeTrue();
        result.FailedIndex.ShouldBe(-1);
        TableRow row = (await Table.GetAsync(Partition, "a")).ShouldNotBeNull();
        row.Get<string>("text").ShouldBe("hello");
        row.ETag.ShouldBe(result.ETags[0]);
        row.Timestamp.ShouldNotBeNull();
    }

    [Fact]
    public async Task Insert_ExistingRow_FailsAndChangesNothing()
    {
        await Write(TableOperation.Insert(Row("a").Set("n", 1)));

        TableWriteResult result = await Table.SubmitAsync([TableOperation.Insert(Row("a").Set("n", 2))]);

        result.Failure.ShouldBe(TableFailureReason.AlreadyExists);
        result.FailedIndex.ShouldBe(0);
        result.ETags.ShouldBeEmpty();
        (await Get("a")).Get<int>("n").ShouldBe(1);
    }

    [Fact]
    public async Task Upsert_ExistingRow_ReplacesAllProperties()
    {
        await Write(TableOperation.Upsert(Row("a").Set("old", 1).Set("kept", 1)));
        await Write(TableOperation.Upsert(Row("a").Set("kept", 2)));

        (await Get("a")).Properties.ShouldBe(new Dictionary<string, object> { ["kept"] = 2 });
    }

    [Fact]
    public async Task UpsertMerge_AbsentThenExisting_AddsThenMerges()
    {
        await Write(TableOperation.UpsertMerge(Row("a").Set("one", 1).Set("two", 2)));
        await Write(TableOperation.UpsertMerge(Row("a").Set("two", "zwei").Set("three", 3L)));

        (await Get("a")).Properties.ShouldBe(new Dictionary<string, object> { ["one"] = 1, ["two"] = "zwei", ["three"] = 3L }, ignoreOrder: true);
    }

    [Fact]
    public async Task Merge_ExistingRow_KeepsTheRest()
    {
        string etag = await Write(TableOperation.Insert(Row("a").Set("one", 1).Set("two", 2)));
        string next = await Write(TableOperation.Merge(Row("a").Set("two", 3), etag));

        next.ShouldNotBe(etag);
        (await Get("a")).Properties.ShouldBe(new Dictionary<string, object> { ["one"] = 1, ["two"] = 3 }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(TableOperationKind.Replace)]
    [InlineData(TableOperationKind.Merge)]
    [InlineData(TableOperationKind.Delete)]
    public async Task Conditional_AbsentRow_IsNotFound(TableOperationKind kind) =>
        (await Table.SubmitAsync([new TableOperation(kind, Row("none").Set("n", 1))])).Failure.ShouldBe(TableFailureReason.NotFound);

    [Theory]
    [InlineData(TableOperationKind.Replace)]
    [InlineData(TableOperationKind.Merge)]
    [InlineData(TableOperationKind.Delete)]
    public async Task Conditional_StaleETag_FailsAndCurrentOneSucceeds(TableOperationKind kind)
    {
        string stale = await Write(TableOperation.Insert(Row("a").Set("n", 1)));
        string current = await Write(TableOperation.Replace(Row("a").Set("n", 2), stale));

        (await Table.SubmitAsync([new TableOperation(kind, Row("a").Set("n", 3), stale)])).Failure.ShouldBe(TableFailureReason.ConditionNotMet);
        (await Get("a")).Get<int>("n").ShouldBe(2);
        (await Table.SubmitAsync([new TableOperation(kind, Row("a").Set("n", 3), current)])).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Conditional_UnknownETag_IsNotMet()
    {
        await Write(TableOperation.Insert(Row("a")));

        (await Table.SubmitAsync([TableOperation.Delete(Partition, "a", "no such version")])).Failure.ShouldBe(TableFailureReason.ConditionNotMet);
    }

    [Fact]
    public async Task Delete_ThenInsert_GivesAnotherETag()
    {
        string first = await Write(TableOperation.Insert(Row("a")));
        (await Table.SubmitAsync([TableOperation.Delete(Partition, "a")])).ETags.ShouldBe([null]);
        (await Table.GetAsync(Partition, "a")).ShouldBeNull();

        (await Write(TableOperation.Insert(Row("a")))).ShouldNotBe(first);
    }

    [Fact]
    public async Task Batch_OneFailure_AppliesNothingAndNamesTheOperation()
    {
        await Write(TableOperation.Insert(Row("exists").Set("n", 1)));

        TableWriteResult result = await Table.SubmitAsync(
            [TableOperation.Upsert(Row("a")), TableOperation.Delete(Partition, "exists"), TableOperation.Replace(Row("none"), null), TableOperation.Insert(Row("b"))]);

        result.Failure.ShouldBe(TableFailureReason.NotFound);
        result.FailedIndex.ShouldBe(2);
        (await Keys(default)).ShouldBe(["exists"]);
    }

    [Fact]
    public async Task Batch_Mixed_AppliesAll()
    {
        await Write(TableOperation.Insert(Row("gone")));
        await Write(TableOperation.Insert(Row("merged").Set("one", 1)));

        TableWriteResult result = await Table.SubmitAsync(
            [TableOperation.Delete(Partition, "gone"), TableOperation.Merge(Row("merged").Set("two", 2), null), TableOperation.Insert(Row("new"))]);

        result.ETags.Select(etag => etag is null).ShouldBe([true, false, false]);
        (await Keys(default)).ShouldBe(["merged", "new"]);
        (await Get("merged")).Properties.Count.ShouldBe(2);
        (await Get("merged")).ETag.ShouldBe(result.ETags[1]);
    }

    [Fact]
    public async Task Batch_HundredRows_IsTheMost()
    {
        await Table.SubmitAsync([.. Enumerable.Range(0, 100).Select(i => TableOperation.Insert(Row($"{i:D3}")))]);

        (await Keys(default)).Count.ShouldBe(100);
        await Refused([.. Enumerable.Range(0, 101).Select(i => TableOperation.Upsert(Row($"{i:D3}")))]);
    }

    [Fact]
    public async Task Batch_EmptyOrDuplicateOrSpreadOverPartitions_IsRefused()
    {
        await Refused([]);
        await Refused([TableOperation.Upsert(Row("a")), TableOperation.Delete(Partition, "a")]);
        await Refused([TableOperation.Upsert(Row("a")), TableOperation.Upsert(new TableRow(Partition + "x", "a"))]);
        (await Keys(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_Partition_IsInOrdinalOrder()
    {
        string[] keys = ["Z", "a", "B", "10", "9", "a|1", "a|", "ä", "_", "é", "Ω", "~"];
        foreach (string key in keys)
            await Write(TableOperation.Insert(Row(key)));

        (await Keys(default)).ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Query_Range_IncludesFromAndExcludesTo()
    {
        foreach (string key in (string[])["a", "b", "c", "d"])
            await Write(TableOperation.Insert(Row(key)));

        (await Keys(new RowRange("b", "d"))).ShouldBe(["b", "c"]);
        (await Keys(new RowRange(From: "bb"))).ShouldBe(["c", "d"]);
        (await Keys(new RowRange(To: "c"))).ShouldBe(["a", "b"]);
        (await Keys(new RowRange(Take: 3))).ShouldBe(["a", "b", "c"]);
        (await Keys(new RowRange("x", "z"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_Prefix_FindsTheTailOfAnEventLog()
    {
        await Table.SubmitAsync([.. Enumerable.Range(0, 90).Select(i => TableOperation.Insert(Row(Event(i)).Set("n", i)))]);
        await Table.SubmitAsync([TableOperation.Insert(Row("d|x")), TableOperation.Insert(Row("f|x")), TableOperation.Insert(Row("r"))]);

        (await Keys(RowRange.Prefix("e|"))).Count.ShouldBe(90);
        (await Keys(new RowRange(Event(87), RowRange.Prefix("e|").To))).ShouldBe([Event(87), Event(88), Event(89)]);
        (await Keys(RowRange.Prefix("e|", take: 2))).ShouldBe([Event(0), Event(1)]);

        static string Event(int i) => "e|" + i.ToString("D20", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Query_OtherPartitions_AreNotSeen()
    {
        await Write(TableOperation.Insert(Row("mine")));
        await Table.SubmitAsync([TableOperation.Insert(new TableRow(Partition + "0", "theirs"))]);

        (await Keys(default)).ShouldBe(["mine"]);
    }

    [Fact]
    public async Task Query_ThousandRows_ComesCompleteWithChangesBesideIt()
    {
        for (int i = 0; i < 1000; i += 100)
            await Table.SubmitAsync([.. Enumerable.Range(i, 100).Select(n => TableOperation.Insert(Row($"{n * 2:D5}").Set("n", n)))]);
        List<int> seen = [];

        await foreach (TableRow row in Table.QueryAsync(Partition))
        {
            int n = row.Get<int>("n");
            seen.Add(n);
            if (n % 100 == 50)
                await Table.SubmitAsync([TableOperation.Delete(Partition, $"{n * 2:D5}"), TableOperation.Insert(Row($"{(n * 2) - 1:D5}").Set("n", -1))]);
        }

        seen.ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public async Task Properties_OfAllTypes_ComeBackAsTheyWere()
    {
        Dictionary<string, object> expected = new()
        {
            ["text"] = "Grüße, 世界 🙂 \"quoted\" \n",
            ["empty"] = "",
            ["int"] = int.MinValue,
            ["long"] = long.MaxValue,
            ["double"] = -1.5e-300,
            ["true"] = true,
            ["false"] = false,
            ["moment"] = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1234567),
            ["guid"] = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            ["bytes"] = new byte[] { 0, 255, 128 },
            ["none"] = Array.Empty<byte>(),
        };
        TableRow row = Row("a");
        foreach ((string name, object value) in expected)
            row.Set(name, value);
        await Write(TableOperation.Insert(row));

        IReadOnlyDictionary<string, object> actual = (await Get("a")).Properties;
        actual.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach ((string name, object value) in expected)
        {
            actual[name].GetType().ShouldBe(value.GetType(), name);
            actual[name].ShouldBe(value, name);
        }
    }

    [Fact]
    public async Task Properties_LargerThan64KiB_AreStored()
    {
        string text = new('ü', 100_000);
        byte[] bytes = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))];
        await Write(TableOperation.Insert(Row("a").Set("text", text).Set("bytes", bytes)));

        TableRow row = await Get("a");
        row.Get<string>("text").ShouldBe(text);
        row.Get<byte[]>("bytes").ShouldBe(bytes);
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("a b|c,d;e=f&g+h%20")]
    [InlineData("ключ-鍵-🔑")]
    [InlineData("")]
    [InlineData("(x) eq 'y' or '1' eq '1")]
    public async Task Keys_WithOddCharacters_AreJustKeys(string key)
    {
        await Write(TableOperation.Insert(Row(key).Set("n", 1)));
        await Table.SubmitAsync([TableOperation.Insert(new TableRow(Partition + key, key + "x").Set("n", 2))]);

        (await Get(key)).RowKey.ShouldBe(key);
        (await Keys(new RowRange(key, key + "!"))).ShouldBe([key]);
        (await Table.GetAsync(Partition + key, key + "x")).ShouldNotBeNull().Get<int>("n").ShouldBe(2);
    }

    [Fact]
    public async Task Increments_ByManyWritersWithETags_AreNeverLost()
    {
        await Write(TableOperation.Insert(Row("counter").Set("n", 0)));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < 25;)
            {
                TableRow row = await Get("counter");
                if ((await Table.SubmitAsync([TableOperation.Replace(Row("counter").Set("n", row.Get<int>("n") + 1), row.ETag)])).Succeeded)
                    done++;
            }
        })));

        (await Get("counter")).Get<int>("n").ShouldBe(200);
    }

    [Fact]
    public async Task Inserts_OfOneKeyByManyWriters_SucceedOnce()
    {
        TableWriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await Table.SubmitAsync([TableOperation.Insert(Row("a").Set("n", i))]))));

        results.Count(result => result.Succeeded).ShouldBe(1);
    }

    [Fact]
    public async Task Ordered_ThenDurable_BothAreThere()
    {
        await Table.SubmitAsync([TableOperation.Insert(Row("a").Set("n", 1))], WriteDurability.Ordered);
        await Table.SubmitAsync([TableOperation.Merge(Row("a").Set("m", 2), null)], WriteDurability.Ordered);
        await Write(TableOperation.Insert(Row("b")));

        (await Get("a")).Properties.Count.ShouldBe(2);
        (await Keys(default)).ShouldBe(["a", "b"]);
    }

    protected TableRow Row(string key) => new(Partition, key);

    protected async Task<TableRow> Get(string key) => (await Table.GetAsync(Partition, key)).ShouldNotBeNull();

    protected async Task<string> Write(TableOperation operation) => (await Table.SubmitAsync([operation])).EnsureSucceeded().ETags[0]!;

    protected async Task<List<string>> Keys(RowRange range)
    {
        List<string> keys = [];
        await foreach (TableRow row in Table.QueryAsync(Partition, range))
            keys.Add(row.RowKey);
        return keys;
    }

    private async Task Refused(IReadOnlyList<TableOperation> operations) => await Should.ThrowAsync<ArgumentException>(async () => await Table.SubmitAsync(operations));
}
