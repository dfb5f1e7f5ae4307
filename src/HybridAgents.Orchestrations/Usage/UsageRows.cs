using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Usage;

/// <summary>
/// The table <c>usage</c>: a partition for each tenant and month with a row <c>t|day|hash</c> for each total and a row <c>c|day|id</c> for each receipt that was counted; the
/// partition <c>partitions</c> names them.
/// </summary>
internal static class UsageRows
{
    public const string Table = "usage";
    public const string Partitions = "partitions";
    public const string CountedPrefix = "c|";
    private const string TotalPrefix = "t|";
    private const string DayFormat = "yyyy-MM-dd";

    public static string PartitionOf(string tenant, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{tenant}|{day:yyyy-MM}");

    public static string CountedKey(DateOnly day, string id) => $"{CountedPrefix}{Text(day)}|{id}";

    /// <summary>The rows of receipts of the days before <paramref name="day"/>.</summary>
    public static RowRange CountedBefore(DateOnly day) => new(CountedPrefix, CountedPrefix + Text(day));

    public static RowRange TotalsOf(DateOnly from, DateOnly to) => new(TotalPrefix + Text(from), TotalPrefix + Text(to.AddDays(1)));

    /// <summary>Names of models and agents may hold what a key may not.</summary>
    public static string TotalKey(DateOnly day, string key, string? agent, string model) =>
        $"{TotalPrefix}{Text(day)}|{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{agent}\n{model}")).AsSpan(0, 15))}";

    public static TableRow Write(string partition, string rowKey, UsageEntry entry) => new TableRow(partition, rowKey)
        .Set("key", entry.Key)
        .Set("agent", entry.Agent)
        .Set("model", entry.Model)
        .Set("calls", entry.Totals.ModelCalls)
        .Set("prompt_tokens", entry.Totals.PromptTokens)
        .Set("completion_tokens", entry.Totals.CompletionTokens)
        .Set("cost_usd", entry.Totals.CostUsd.ToString(CultureInfo.InvariantCulture))
        .Set("saved_usd", entry.Totals.SavedUsd.ToString(CultureInfo.InvariantCulture));

    public static UsageEntry Read(TableRow row) => new(
        DateOnly.ParseExact(row.RowKey.AsSpan(TotalPrefix.Length, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture),
        row.Get<string>("key")!,
        row.Get<string>("agent"),
        row.Get<string>("model")!,
        new(
            row.Get<long>("calls"), row.Get<long>("prompt_tokens"), row.Get<long>("completion_tokens"),
            decimal.Parse(row.Get<string>("cost_usd")!, CultureInfo.InvariantCulture), decimal.Parse(row.Get<string>("saved_usd")!, CultureInfo.InvariantCulture)));

    private static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}
