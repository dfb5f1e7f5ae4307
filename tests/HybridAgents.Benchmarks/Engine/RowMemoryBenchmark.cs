using System.Globalization;
using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Benchmarks.Engine;

/// <summary>What a table row takes of memory, where its key stays while its value is on disk.</summary>
internal static class RowMemoryBenchmark
{
    private const int Count = 1_000_000;
    private const int BatchSize = 100;
    private static readonly string Value = new('v', 200);

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        List<string[]> rows = [];
        foreach ((string shape, int perPartition) in ((string, int)[])[("all in one partition", Count), ("100 a partition", 100), ("10 a partition", 10)])
            rows.Add(await MeasureAsync(setup, shape, perPartition));
        return new(
            $"{Count:N0} table rows", ["rows", "key bytes", "live bytes a row", "live MiB"], rows,
            "Row keys as the event log has them (`e|` and 20 digits), values of 200 characters on disk, the value cache off; live bytes after a full collection. "
            + "A row's key and the place of its value stay in memory: 24 bytes of place, the key's own bytes and its array, and the page of the index that holds both; a partition costs its own index.");
    }

    private static async Task<string[]> MeasureAsync(BenchmarkSetup setup, string shape, int perPartition)
    {
        string data = setup.NewFolder();
        await using EmbeddedEngine engine = await setup.StartAsync(new(), data, options => options.TableCacheBytes = 0);
        ITable table = engine.Tables.GetTable("rows");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int batch = Math.Min(BatchSize, perPartition);
        for (int first = 0; first < Count; first += batch * 100)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async index =>
            {
                int from = first + (index * batch);
                TableOperation[] inserts = [.. Enumerable.Range(from, batch).Select(row => TableOperation.Insert(Row(row, perPartition)))];
                (await table.SubmitAsync(inserts)).EnsureSucceeded();
            }));
        }

        long live = GC.GetTotalMemory(forceFullCollection: true) - before;
        await engine.StopAsync();
        Directory.Delete(data, recursive: true);
        return [shape, Key(0).Length.ToString(CultureInfo.InvariantCulture), (live / Count).ToString("N0", CultureInfo.InvariantCulture), (live >> 20).ToString(CultureInfo.InvariantCulture)];
    }

    private static TableRow Row(int number, int perPartition) =>
        new TableRow($"p{(number / perPartition).ToString("D8", CultureInfo.InvariantCulture)}", Key(number % perPartition)).Set("value", Value);

    private static string Key(int number) => $"e|{number.ToString("D20", CultureInfo.InvariantCulture)}";
}
