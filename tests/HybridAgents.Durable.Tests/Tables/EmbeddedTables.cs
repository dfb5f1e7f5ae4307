using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tables;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Tables;

/// <summary>A table store on a journal, with small segments.</summary>
internal sealed class EmbeddedTables : IAsyncDisposable
{
    private EmbeddedTables(EmbeddedTableStore store, DurableJournal journal) => (Store, Journal, Table) = (store, journal, store.GetTable("runs"));

    public EmbeddedTableStore Store { get; }

    public DurableJournal Journal { get; }

    public ITable Table { get; }

    public static async Task<EmbeddedTables> OpenAsync(IJournalFiles files, long cacheBytes = 1 << 20, long checkpointBytes = 1 << 30)
    {
        ManualTimeProvider time = new();
        EmbeddedTableStore store = new(time, cacheBytes);
        JournalOptions options = new() { Path = "x", SegmentBytes = 4096, CheckpointBytes = checkpointBytes, MaxGroupBytes = 4096, OnFatal = error => Assert.Fail(error.ToString()) };
        DurableJournal journal = await DurableJournal.OpenAsync(options, files, [store], time, NullLogger.Instance, CancellationToken.None);
        store.Attach(journal);
        return new EmbeddedTables(store, journal);
    }

    public async Task<string?> SetAsync(string partition, string row, int value) =>
        (await Table.SubmitAsync([TableOperation.Upsert(new TableRow(partition, row).Set("n", value))])).EnsureSucceeded().ETags[0];

    public async Task<int?> GetAsync(string partition, string row) => (await Table.GetAsync(partition, row))?.Get<int>("n");

    public async Task<List<string>> KeysAsync(string partition)
    {
        List<string> keys = [];
        await foreach (TableRow row in Table.QueryAsync(partition))
            keys.Add(row.RowKey);
        return keys;
    }

    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}
