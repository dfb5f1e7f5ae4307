namespace HybridAgents.Durable.Tables;

/// <summary>Tables by name. A table needs no creation.</summary>
public interface ITableStore
{
    /// <summary>The table of that name: letters and digits, beginning with a letter, 3 to 63 characters.</summary>
    ITable GetTable(string name);
}

/// <summary>Rows in partitions, with conditional writes and atomic batches within a partition. Safe for concurrent use.</summary>
/// <remarks>A read returns only what is durable: it waits for a write that it would otherwise reveal too early.</remarks>
public interface ITable
{
    /// <summary>Gets the table's name.</summary>
    string Name { get; }

    /// <summary>Reads a row; null if it is absent.</summary>
    ValueTask<TableRow?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken = default);

    /// <summary>Reads rows of one partition in ordinal order of their keys, each as it is when it is reached.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="range">The rows wanted.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    IAsyncEnumerable<TableRow> QueryAsync(string partitionKey, RowRange range = default, CancellationToken cancellationToken = default);

    /// <summary>Applies 1 to 100 operations on different rows of one partition, together at most 4 MiB, whole or not at all.</summary>
    /// <exception cref="ArgumentException">No operation, more than 100, two for one row, rows of several partitions, or a key, row or batch that is too large.</exception>
    ValueTask<TableWriteResult> SubmitAsync(
        IReadOnlyList<TableOperation> operations, WriteDurability durability = WriteDurability.Durable, CancellationToken cancellationToken = default);
}

/// <summary>A range of row keys, ordinal order.</summary>
/// <param name="From">The first key, inclusive; null for no bound.</param>
/// <param name="To">The key before which the range ends, exclusive; null for no bound.</param>
/// <param name="Take">The most rows; 0 for all.</param>
public readonly record struct RowRange(string? From = null, string? To = null, int Take = 0)
{
    /// <summary>All keys that begin with <paramref name="prefix"/>, which must not end with U+FFFF.</summary>
    public static RowRange Prefix(string prefix, int take = 0) => new(prefix, string.Concat(prefix.AsSpan(0, prefix.Length - 1), ((char)(prefix[^1] + 1)).ToString()), take);
}
