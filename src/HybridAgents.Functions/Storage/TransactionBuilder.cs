using Azure;
using Azure.Data.Tables;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Functions.Storage;

/// <summary>Turns a batch into one entity group transaction: the rows in their order, then what has to happen to chunk rows.</summary>
internal static class TransactionBuilder
{
    /// <summary>The most actions of a transaction.</summary>
    public const int MaxActions = 100;

    /// <summary>What stands before the version of a row that has chunk rows, so that its next writer knows without a read.</summary>
    private const string ChunkedMark = "chunked:";

    /// <summary>A version that no row ever has, in place of one that is none of Azure's: those are a bad request instead of a conflict.</summary>
    private const string NoVersion = "W/\"datetime'1601-01-01T00%3A00%3A00.0000000Z'\"";

    /// <summary>Refuses what the contract of tables does not allow.</summary>
    /// <exception cref="ArgumentException">No operation, more than 100, two for one row, or rows of several partitions.</exception>
    public static void Check(IReadOnlyList<TableOperation> operations)
    {
        if (operations.Count is 0 or > MaxActions)
            throw new ArgumentException($"A batch has {operations.Count} operations; allowed: 1 to {MaxActions}.", nameof(operations));
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (TableOperation operation in operations)
        {
            if (operation.Row.PartitionKey != operations[0].Row.PartitionKey)
                throw new ArgumentException("A batch writes to one partition only.", nameof(operations));
            if (!keys.Add(operation.Row.RowKey))
                throw new ArgumentException($"A batch has two operations for the row '{operation.Row.RowKey}'.", nameof(operations));
        }
    }

    /// <summary>The version that callers see.</summary>
    public static string ETagOf(ETag version, bool chunked) => (chunked ? ChunkedMark : "") + version;

    /// <summary>Whether chunk rows may have to be removed: the version says that there are some, or says nothing.</summary>
    public static bool MayHaveChunks(TableOperation operation) =>
        operation.Kind != TableOperationKind.Insert && operation.ETag?.StartsWith(ChunkedMark, StringComparison.Ordinal) != false;

    /// <summary>Builds the actions.</summary>
    /// <param name="operations">The batch.</param>
    /// <param name="rows">Its rows, encoded; the write is noted on the first that stays.</param>
    /// <param name="oldChunks">Keys of the chunk rows that exist.</param>
    /// <exception cref="ArgumentException">Rows and chunk rows are more than 100 together.</exception>
    public static List<TableTransactionAction> Build(IReadOnlyList<TableOperation> operations, IReadOnlyList<EncodedRow> rows, IReadOnlyList<string> oldChunks)
    {
        List<TableTransactionAction> actions = [.. operations.Select((operation, index) => Action(operation, rows[index].Main))];
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (TableEntity chunk in rows.SelectMany(row => row.Chunks))
        {
            written.Add(chunk.RowKey);
            actions.Add(new(TableTransactionActionType.UpsertReplace, chunk));
        }

        actions.AddRange(oldChunks
            .Where(key => !written.Contains(key) && Replaced(operations, rows, key))
            .Select(key => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(rows[0].Main.PartitionKey, key), ETag.All)));
        return actions.Count <= MaxActions
            ? actions
            : throw new ArgumentException($"A batch with values this large takes {actions.Count} rows; at most {MaxActions} are allowed.", nameof(operations));
    }

    /// <summary>Whether a row has chunk rows after its operation.</summary>
    public static bool IsChunked(TableOperation operation, EncodedRow row, IReadOnlyList<string> oldChunks) => row.Chunks.Count > 0
        || (operation.Kind is TableOperationKind.Merge or TableOperationKind.UpsertMerge
            && oldChunks.Any(key => key.StartsWith(EntityCodec.ChunkPrefix(row.Main.RowKey), StringComparison.Ordinal)));

    private static bool Replaced(IReadOnlyList<TableOperation> operations, IReadOnlyList<EncodedRow> rows, string chunk)
    {
        for (int index = 0; index < rows.Count; index++)
        {
            string key = rows[index].Main.RowKey;
            if (!chunk.StartsWith(EntityCodec.ChunkPrefix(key), StringComparison.Ordinal))
                continue;
            return operations[index].Kind is not (TableOperationKind.Merge or TableOperationKind.UpsertMerge)
                || operations[index].Row.Properties.Keys.Any(name => chunk.StartsWith(EntityCodec.ChunkPrefix(key, name), StringComparison.Ordinal));
        }

        return false;
    }

    private static TableTransactionAction Action(TableOperation operation, TableEntity entity) => operation.Kind switch
    {
        TableOperationKind.Insert => new(TableTransactionActionType.Add, entity),
        TableOperationKind.Upsert => new(TableTransactionActionType.UpsertReplace, entity),
        TableOperationKind.UpsertMerge => new(TableTransactionActionType.UpsertMerge, entity),
        TableOperationKind.Replace => new(TableTransactionActionType.UpdateReplace, entity, Condition(operation)),
        TableOperationKind.Merge => new(TableTransactionActionType.UpdateMerge, entity, Condition(operation)),
        TableOperationKind.Delete => new(TableTransactionActionType.Delete, entity, Condition(operation)),
        _ => throw new ArgumentException($"There is no operation {operation.Kind}.", nameof(operation)),
    };

    private static ETag Condition(TableOperation operation)
    {
        if (operation.ETag is not { } version)
            return ETag.All;
        if (version.StartsWith(ChunkedMark, StringComparison.Ordinal))
            version = version[ChunkedMark.Length..];
        return new(version.StartsWith("W/\"datetime'", StringComparison.Ordinal) ? version : NoVersion);
    }
}
