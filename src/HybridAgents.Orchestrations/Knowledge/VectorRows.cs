using System.Globalization;
using HybridAgents.Core.Knowledge;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Rows of vectors in the table <c>knowledge</c>: <c>w|id|number</c> beside a tenant's documents, and one for each tenant in a partition of their own, which says what is done.</summary>
internal static class VectorRows
{
    public const string VectorPrefix = "w|";

    /// <summary>The partition of what is done; no tenant's name has a <c>$</c>.</summary>
    public const string Progress = "$vectors";

    public static string VectorsOf(string id) => $"{VectorPrefix}{id}|";

    public static string VectorKey(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{VectorPrefix}{id}|{number:00000}");

    public static TableRow Write(string tenant, string id, int number, string model, QuantizedVector vector) =>
        new TableRow(tenant, VectorKey(id, number)).Set("model", model).Set("vector", vector.ToBytes());

    /// <summary>The vector; null when it is of another model.</summary>
    public static QuantizedVector? Read(TableRow row, string model) => row.Get<string>("model") == model ? QuantizedVector.FromBytes(row.Get<byte[]>("vector")) : null;

    /// <summary>Says that all documents of a tenant have vectors.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="version">The version of its documents for which this holds.</param>
    /// <param name="model">The model.</param>
    /// <param name="dimensions">The length of its vectors.</param>
    public static TableRow Done(string tenant, string? version, string model, int dimensions) =>
        new TableRow(Progress, tenant).Set("version", version).Set("model", model).Set("dimensions", dimensions);
}
