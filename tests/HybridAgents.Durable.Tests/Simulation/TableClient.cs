using System.Globalization;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>
/// The only client of two rows. Each of its batches numbers both; every fourth one removes the second row instead. It remembers which batches were promised.
/// </summary>
internal sealed class TableClient(Random random)
{
    private const string Table = "pairs";
    private const string Partition = "p";

    private Task<string?>? _question;
    private int _asked;
    private int _promised;

    public bool IsIdle => _question is null;

    /// <summary>Writes the next batch, or reads both rows.</summary>
    public void Ask(SimulatedProcess process) =>
        _question = process.Scheduler.Run(() => random.Next(3) == 0 ? LookAsync(process.Tables) : WriteAsync(process.Tables.GetTable(Table)));

    /// <summary>Takes the answer in if it has come; null, or what it shows to be broken.</summary>
    public string? TakeAnswer()
    {
        if (_question is not { IsCompleted: true } question)
            return null;
        _question = null;
        return question.IsCompletedSuccessfully ? question.Result : null;
    }

    /// <summary>The engine died, and this is what its disk holds; null, or what is wrong with it.</summary>
    public string? Resume(string found)
    {
        _question = null;
        for (int number = _promised; number <= _asked; number++)
        {
            if (found == Expected(number))
            {
                (_promised, _asked) = (number, number);
                return null;
            }
        }

        return $"The rows are {found}; batch {_promised} was promised, {_asked} was the last one asked for.";
    }

    /// <summary>The rows in words.</summary>
    public static async Task<string> ReadAsync(ITableStore tables)
    {
        List<string> rows = [];
        await foreach (TableRow row in tables.GetTable(Table).QueryAsync(Partition))
            rows.Add(Describe(row));
        return string.Join(' ', rows);
    }

    private static string Expected(int number) => number == 0 ? "" : number % 4 == 0 ? $"first={number}" : $"first={number} second={number}";

    private static string Describe(TableRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.RowKey}={row.Get<int>("number")}");

    private async Task<string?> WriteAsync(ITable table)
    {
        TableRow? second = await table.GetAsync(Partition, "second");
        int number = ++_asked;
        WriteDurability durability = random.Next(3) == 0 ? WriteDurability.Ordered : WriteDurability.Durable;
        List<TableOperation> batch = [TableOperation.Upsert(Row("first", number))];
        if (number % 4 > 0)
            batch.Add(second is null ? TableOperation.Insert(Row("second", number)) : TableOperation.Replace(Row("second", number), second.ETag));
        else if (second is not null)
            batch.Add(TableOperation.Delete(Partition, "second", second.ETag));
        TableWriteResult result = await table.SubmitAsync(batch, durability);
        if (durability == WriteDurability.Durable)
            _promised = number;
        return result.Succeeded ? null : $"Batch {number} failed at {result.FailedIndex}: {result.Failure}.";
    }

    /// <summary>What a read has shown is as good as promised.</summary>
    private async Task<string?> LookAsync(ITableStore tables)
    {
        string found = await ReadAsync(tables);
        _promised = _asked;
        return found == Expected(_asked) ? null : $"The rows are {found} after batch {_asked}.";
    }

    private static TableRow Row(string key, int number) => new TableRow(Partition, key).Set("number", number).Set("text", new string('x', number % 7 == 0 ? 3000 : 20));
}
