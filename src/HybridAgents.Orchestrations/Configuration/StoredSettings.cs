using System.Globalization;
using System.Text.Json;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Configuration;

/// <summary>The settings as they are stored.</summary>
/// <param name="Version">0 when nothing has been stored, one more for each change.</param>
/// <param name="Values">By key.</param>
public sealed record SettingsVersion(int Version, IReadOnlyDictionary<string, JsonElement> Values);

/// <summary>A change of settings, for those who ask later.</summary>
/// <param name="Version">The version that it made.</param>
/// <param name="At">When, UTC.</param>
/// <param name="By">The id of the key that made it.</param>
/// <param name="Changes">What was set; null where a key was removed.</param>
public sealed record SettingsChange(int Version, DateTimeOffset At, string By, IReadOnlyDictionary<string, JsonElement> Changes);

/// <summary>Run-time settings in the table <c>settings</c>: row <c>v</c> the values, rows <c>a|version</c> the changes, kept for good. Safe for concurrent use.</summary>
public sealed class StoredSettings(ITableStore tables, TimeProvider time)
{
    private const string Partition = "system";
    private const string ValuesKey = "v";
    private const string AuditPrefix = "a|";

    private readonly ITable _table = tables.GetTable("settings");

    /// <summary>Reads what is stored.</summary>
    public async Task<SettingsVersion> ReadAsync(CancellationToken cancellationToken) => Parse(await _table.GetAsync(Partition, ValuesKey, cancellationToken));

    /// <summary>The last changes, newest first.</summary>
    public async Task<IReadOnlyList<SettingsChange>> HistoryAsync(int version, int take, CancellationToken cancellationToken)
    {
        List<SettingsChange> changes = [];
        await foreach (TableRow row in _table.QueryAsync(Partition, new(AuditKey(Math.Max(0, version - take + 1)), AuditKey(version + 1)), cancellationToken))
            changes.Insert(0, new(row.Get<int>("version"), row.Get<DateTimeOffset>("at"), row.Get<string>("by")!, Values(row, "changes")));
        return changes;
    }

    /// <summary>Stores a change.</summary>
    /// <param name="changes">New values by key; null removes one.</param>
    /// <param name="expected">The version that the caller has seen; null for whatever stands.</param>
    /// <param name="by">Who.</param>
    /// <param name="check">Looks at the values as they would be; what it throws ends the change.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>Null if the settings are at another version than expected.</returns>
    public async Task<SettingsVersion?> ChangeAsync(
        IReadOnlyDictionary<string, JsonElement> changes, int? expected, string by, Action<IReadOnlyDictionary<string, JsonElement>> check, CancellationToken cancellationToken)
    {
        while (true)
        {
            TableRow? row = await _table.GetAsync(Partition, ValuesKey, cancellationToken);
            SettingsVersion before = Parse(row);
            if (expected is { } seen && seen != before.Version)
                return null;
            Dictionary<string, JsonElement> values = before.Values.Where(value => !changes.ContainsKey(value.Key))
                .Concat(changes.Where(static change => change.Value.ValueKind != JsonValueKind.Null)).ToDictionary();
            check(values);
            SettingsVersion next = new(before.Version + 1, values);
            TableRow written = new TableRow(Partition, ValuesKey).Set("version", next.Version).Set("values", Payload.From(values).Utf8Json.ToArray());
            TableRow audit = new TableRow(Partition, AuditKey(next.Version))
                .Set("version", next.Version).Set("at", time.GetUtcNow()).Set("by", by).Set("changes", Payload.From(changes).Utf8Json.ToArray());
            TableOperation[] batch = [row is null ? TableOperation.Insert(written) : TableOperation.Replace(written, row.ETag), TableOperation.Insert(audit)];
            if ((await _table.SubmitAsync(batch, cancellationToken: cancellationToken)).Succeeded)
                return next;
        }
    }

    private static string AuditKey(int version) => string.Create(CultureInfo.InvariantCulture, $"{AuditPrefix}{version:D10}");

    private static SettingsVersion Parse(TableRow? row) => row is null ? new(0, new Dictionary<string, JsonElement>()) : new(row.Get<int>("version"), Values(row, "values"));

    private static Dictionary<string, JsonElement> Values(TableRow row, string name) => new Payload(row.Get<byte[]>(name)).As<Dictionary<string, JsonElement>>()!;
}
