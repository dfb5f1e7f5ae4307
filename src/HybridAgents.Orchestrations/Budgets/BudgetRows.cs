using System.Globalization;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Budgets;

/// <summary>The table <c>budgets</c>: a partition for each account with a row <c>w|window</c> and a row <c>h|id</c> for each reservation; the partition <c>accounts</c> names them.</summary>
internal static class BudgetRows
{
    public const string Table = "budgets";
    public const string Accounts = "accounts";
    public const string HoldPrefix = "h|";
    private const string WindowPrefix = "w|";

    public static string WindowOf(BudgetWindow window, DateTimeOffset now) => window switch
    {
        BudgetWindow.Day => now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        BudgetWindow.Month => now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        _ => "total",
    };

    public static string WindowKey(string window) => WindowPrefix + window;

    public static string HoldKey(string id) => HoldPrefix + id;
}

/// <summary>What an account has spent and reserved in one window.</summary>
internal sealed record WindowRow(Spend Spent, Spend Reserved, bool Warned, string? ETag)
{
    public static WindowRow Read(TableRow? row) =>
        row is null ? new(default, default, Warned: false, ETag: null) : new(row.GetSpend("spent"), row.GetSpend("reserved"), row.Get<bool>("warned"), row.ETag);

    public TableOperation Write(string account, string window)
    {
        TableRow row = new TableRow(account, BudgetRows.WindowKey(window)).SetSpend("spent", Spent).SetSpend("reserved", Reserved).Set("warned", Warned);
        return ETag is null ? TableOperation.Insert(row) : TableOperation.Replace(row, ETag);
    }
}

/// <summary>A reservation.</summary>
internal sealed record HoldRow(string Window, Spend Amount, DateTimeOffset Expires, string? ETag)
{
    public static HoldRow Read(TableRow row) => new(row.Get<string>("window")!, row.GetSpend("amount"), row.Get<DateTimeOffset>("expires"), row.ETag);

    public TableOperation Write(string account, string id)
    {
        TableRow row = new TableRow(account, BudgetRows.HoldKey(id)).Set("window", Window).SetSpend("amount", Amount).Set("expires", Expires);
        return ETag is null ? TableOperation.Insert(row) : TableOperation.Replace(row, ETag);
    }
}
