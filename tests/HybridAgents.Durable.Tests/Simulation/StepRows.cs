using System.Globalization;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>The row that an activity writes before it answers: ordered, so that its answer is never on disk without it.</summary>
internal static class StepRows
{
    public static ValueTask<TableWriteResult> WriteAsync(ITableStore tables, ActivityContext step) =>
        tables.GetTable("steps").SubmitAsync([TableOperation.Upsert(new TableRow(step.InstanceId, Key(step.Key, step.Attempt)))], WriteDurability.Ordered);

    public static async Task<bool> FindAsync(ITableStore tables, string key, int attempt) =>
        await tables.GetTable("steps").GetAsync(key[..key.IndexOf('/', StringComparison.Ordinal)], Key(key, attempt)) is not null;

    private static string Key(string key, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{key}#{attempt}");
}
