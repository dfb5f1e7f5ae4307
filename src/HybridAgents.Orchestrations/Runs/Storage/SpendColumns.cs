using System.Globalization;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>How money and tokens lie in a row: two properties, the money as exact decimal text.</summary>
internal static class SpendColumns
{
    public static Spend GetSpend(this TableRow row, string name) =>
        new(decimal.Parse(row.Get<string>(name + "_usd") ?? "0", CultureInfo.InvariantCulture), row.Get<long>(name + "_tokens"));

    public static TableRow SetSpend(this TableRow row, string name, Spend spend) =>
        row.Set(name + "_usd", spend.CostUsd.ToString(CultureInfo.InvariantCulture)).Set(name + "_tokens", spend.Tokens);
}
