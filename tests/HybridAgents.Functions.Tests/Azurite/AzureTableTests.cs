using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Storage;
using Microsoft.Extensions.Options;

namespace HybridAgents.Functions.Tests.Azurite;

/// <summary>What is Azure's own: limits, forbidden characters, answers that are lost.</summary>
public sealed class AzureTableTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Name = "own";
    private readonly string _partition = "p" + Guid.NewGuid().ToString("N");
    private readonly ITable _table = new AzureTableStore(azurite.Service, "test").GetTable(Name);

    [Fact]
    public async Task Row_OfAMebibyte_ComesBackWhole()
    {
        string text = new('é', 250_000);
        byte[] bytes = Bytes(1_000_000);
        await WriteAsync(TableOperation.Insert(Row("a").Set("text", text).Set("bytes", bytes).Set("n", 1)));

        TableRow row = await GetAsync("a");

        row.Get<string>("text").ShouldBe(text);
        row.Get<byte[]>("bytes").ShouldBe(bytes);
        row.Get<int>("n").ShouldBe(1);
        (await StoredKeysAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Row_OfSeveralHundredKilobytes_IsOneEntity()
    {
        string text = new('é', 100_000);
        byte[] bytes = Bytes(200_000);
        await WriteAsync(TableOperation.Insert(Row("a").Set("text", text).Set("bytes", bytes)));

        TableRow row = await GetAsync("a");

        row.Get<string>("text").ShouldBe(text);
        row.Get<byte[]>("bytes").ShouldBe(bytes);
        (await StoredKeysAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Query_MoreRowsThanAPage_GoesOnWithTheNext()
    {
        for (int page = 0; page < 11; page++)
            (await _table.SubmitAsync([.. Enumerable.Range(page * 100, 100).Select(n => TableOperation.Insert(Row($"{n:D5}")))])).EnsureSucceeded();
        List<string> keys = [];

        await foreach (TableRow row in _table.QueryAsync(_partition))
            keys.Add(row.RowKey);

        keys.ShouldBe(Enumerable.Range(0, 1100).Select(n => $"{n:D5}"));
    }

    [Theory]
    [InlineData(TableOperationKind.Upsert, true)]
    [InlineData(TableOperationKind.Upsert, false)]
    [InlineData(TableOperationKind.Replace, true)]
    [InlineData(TableOperationKind.Replace, false)]
    [InlineData(TableOperationKind.Merge, true)]
    [InlineData(TableOperationKind.Merge, false)]
    [InlineData(TableOperationKind.Delete, true)]
    [InlineData(TableOperationKind.Delete, false)]
    public async Task ChunkRows_OfAReplacedValue_AreGone(TableOperationKind kind, bool conditional)
    {
        string? etag = await WriteAsync(TableOperation.Insert(Row("a").Set("bytes", Bytes(900_000))));
        await WriteAsync(TableOperation.Insert(Row("other").Set("bytes", Bytes(900_000))));

        await WriteAsync(new(kind, Row("a").Set("bytes", new byte[] { 1 }), conditional && kind != TableOperationKind.Upsert ? etag : null));

        (await _table.GetAsync(_partition, "a"))?.Get<byte[]>("bytes").ShouldBe([1]);
        (await StoredKeysAsync()).Count.ShouldBe(kind == TableOperationKind.Delete ? 3 : 4);
        (await GetAsync("other")).Get<byte[]>("bytes").ShouldBe(Bytes(900_000));
    }

    [Fact]
    public async Task ChunkRows_OfAnUntouchedValue_OutliveAMerge()
    {
        string? etag = await WriteAsync(TableOperation.Insert(Row("a").Set("bytes", Bytes(900_000))));

        etag = await WriteAsync(TableOperation.Merge(Row("a").Set("n", 2), etag));
        await WriteAsync(TableOperation.Merge(Row("a").Set("n", 3), etag));

        TableRow row = await GetAsync("a");
        row.Get<byte[]>("bytes").ShouldBe(Bytes(900_000));
        row.Get<int>("n").ShouldBe(3);
    }

    [Fact]
    public async Task Value_ReplacedByManyWritersWhileRead_IsNeverMixed()
    {
        await WriteAsync(TableOperation.Insert(Row("a").Set("bytes", Filled(0))));
        Task[] writers = [.. Enumerable.Range(1, 3).Select(writer => Task.Run(async () =>
        {
            for (int round = 0; round < 5; round++)
                await WriteAsync(TableOperation.Upsert(Row("a").Set("bytes", Filled((byte)((writer * 10) + round)))));
        }))];

        do
            (await GetAsync("a")).Get<byte[]>("bytes")!.Distinct().Count().ShouldBe(1);
        while (!Task.WhenAll(writers).IsCompleted);
        await Task.WhenAll(writers);

        static byte[] Filled(byte value)
        {
            byte[] bytes = new byte[900_000];
            Array.Fill(bytes, value);
            return bytes;
        }
    }

    [Theory]
    [InlineData("a/b\\c#d?e")]
    [InlineData("tab\tand \u0085 control")]
    [InlineData("100%")]
    [InlineData("")]
    public async Task Keys_ThatAzureForbids_AreJustKeys(string key)
    {
        await _table.SubmitAsync([TableOperation.Insert(new TableRow(_partition + key, key).Set("n", 7))]);

        (await _table.GetAsync(_partition + key, key)).ShouldNotBeNull().Get<int>("n").ShouldBe(7);
    }

    [Fact]
    public async Task Text_ThatLooksLikeAReference_ComesBackAsItWas()
    {
        await WriteAsync(TableOperation.Insert(Row("a").Set("one", "§s:12").Set("two", "§§").Set("three", "§")));

        TableRow row = await GetAsync("a");
        row.Properties.ShouldBe(new Dictionary<string, object> { ["one"] = "§s:12", ["two"] = "§§", ["three"] = "§" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("Timestamp")]
    [InlineData("two words")]
    [InlineData("a__b")]
    public async Task Property_WithAnImpossibleName_IsRefused(string name) =>
        (await Should.ThrowAsync<ArgumentException>(async () => await _table.SubmitAsync([TableOperation.Insert(Row("a").Set(name, 1))]))).Message.ShouldContain(name);

    [Fact]
    public async Task Insert_WhoseAnswerIsLost_SucceedsThoughItWasSentTwice()
    {
        LoseOneAnswer fault = new();
        TableClientOptions options = new();
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.AddPolicy(fault, HttpPipelinePosition.PerRetry);
        ITable table = new AzureTableStore(new TableServiceClient(azurite.ConnectionString, options), "test").GetTable(Name);
        await table.GetAsync(_partition, "warm");

        fault.Armed = true;
        TableWriteResult result = await table.SubmitAsync([TableOperation.Insert(Row("a").Set("n", 1))]);

        fault.Armed.ShouldBeFalse();
        result.Succeeded.ShouldBeTrue();
        result.ETags.ShouldBe([(await GetAsync("a")).ETag]);
    }

    [Fact]
    public async Task Storage_WithAWrongKey_NamesTheSetting()
    {
        string wrong = azurite.ConnectionString.Replace("AccountKey=Eby8", "AccountKey=AAAA", StringComparison.Ordinal);
        ITable table = new AzureTableStore(AzureTableStore.Connect(new() { ConnectionString = wrong, MaxRetries = 0 }), "test").GetTable(Name);

        EngineBusyException error = await Should.ThrowAsync<EngineBusyException>(async () => await table.GetAsync(_partition, "a"));

        error.Message.ShouldContain("AzureWebJobsStorage");
        error.Message.ShouldNotContain("AAAA");
    }

    [Fact]
    public async Task Storage_ThatCannotBeReached_NamesAddressAndSetting()
    {
        AzureTablesOptions options = new() { ConnectionString = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;TableEndpoint=http://127.0.0.1:9/a;", MaxRetries = 1, RetryDelay = TimeSpan.FromMilliseconds(10) };
        ITable table = new AzureTableStore(AzureTableStore.Connect(options), "test").GetTable(Name);

        string message = (await Should.ThrowAsync<EngineBusyException>(async () => await table.GetAsync(_partition, "a"))).Message;

        message.ShouldContain("127.0.0.1:9");
        message.ShouldContain("AzureWebJobsStorage");
    }

    [Fact]
    public void Connect_NoConnectionString_SaysSoWithoutShowingIt()
    {
        OptionsValidationException error = Should.Throw<OptionsValidationException>(() => AzureTableStore.Connect(new() { ConnectionString = "secret nonsense" }));

        error.Message.ShouldContain("AzureWebJobsStorage");
        error.Message.ShouldNotContain("secret");
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(index => (byte)(index * 31))];

    private TableRow Row(string key) => new(_partition, key);

    private async Task<TableRow> GetAsync(string key) => (await _table.GetAsync(_partition, key)).ShouldNotBeNull();

    private async Task<string?> WriteAsync(TableOperation operation) => (await _table.SubmitAsync([operation])).EnsureSucceeded().ETags[0];

    /// <summary>The keys of all that is stored, chunk rows included.</summary>
    private async Task<List<string>> StoredKeysAsync()
    {
        List<string> keys = [];
        await foreach (TableEntity entity in azurite.Service.GetTableClient("test" + Name).QueryAsync<TableEntity>($"PartitionKey eq '{_partition}'"))
            keys.Add(entity.RowKey);
        return keys;
    }

    /// <summary>Lets one request reach the service and then loses the answer.</summary>
    private sealed class LoseOneAnswer : HttpPipelineSynchronousPolicy
    {
        public bool Armed { get; set; }

        public override void OnReceivedResponse(HttpMessage message)
        {
            if (!Armed)
                return;
            Armed = false;
            throw new IOException("The answer is lost.");
        }
    }
}
