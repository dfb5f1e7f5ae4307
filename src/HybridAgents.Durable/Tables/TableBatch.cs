using System.Globalization;

namespace HybridAgents.Durable.Tables;

/// <summary>The operations of one batch, checked and with their keys encoded.</summary>
internal sealed class TableBatch
{
    private const int MaxOperations = 100;
    private const int MaxKeyBytes = 1024;

    /// <exception cref="ArgumentException">The batch is not one that tables take.</exception>
    public TableBatch(IReadOnlyList<TableOperation> operations)
    {
        if (operations.Count is 0 or > MaxOperations)
            throw new ArgumentException($"A batch has {operations.Count} operations; 1 to {MaxOperations} are allowed.", nameof(operations));
        Operations = operations;
        PartitionKey = operations[0].Row.PartitionKey;
        Check(OrdinalKey.Length(PartitionKey), "partition key");
        Keys = new byte[operations.Count][];
        for (int i = 0; i < Keys.Length; i++)
        {
            if (operations[i].Row.PartitionKey != PartitionKey)
                throw new ArgumentException("The rows of a batch lie in several partitions; one is allowed.", nameof(operations));
            Keys[i] = OrdinalKey.Encode(operations[i].Row.RowKey);
            Check(Keys[i].Length, "row key");
            for (int j = 0; j < i; j++)
            {
                if (operations[j].Row.RowKey == operations[i].Row.RowKey)
                    throw new ArgumentException("A batch has two operations for one row; one is allowed.", nameof(operations));
            }
        }
    }

    public IReadOnlyList<TableOperation> Operations { get; }

    public string PartitionKey { get; }

    public byte[][] Keys { get; }

    /// <summary>Whether the operation needs the properties that the row has.</summary>
    public static bool IsMerge(TableOperation operation) => operation.Kind is TableOperationKind.Merge or TableOperationKind.UpsertMerge;

    /// <summary>Why the operation does not apply to the row as it is; null if it does.</summary>
    public static TableFailureReason? Check(TableOperation operation, bool exists, in RowSlot slot) => operation.Kind switch
    {
        TableOperationKind.Insert => exists ? TableFailureReason.AlreadyExists : null,
        TableOperationKind.Upsert or TableOperationKind.UpsertMerge => null,
        _ when !exists => TableFailureReason.NotFound,
        _ => operation.ETag is null || operation.ETag == ETag(slot.Version) ? null : TableFailureReason.ConditionNotMet,
    };

    /// <summary>The ETag of a version.</summary>
    public static string ETag(long version) => version.ToString("x", CultureInfo.InvariantCulture);

    private static void Check(int keyBytes, string what)
    {
        if (keyBytes > MaxKeyBytes)
            throw new ArgumentException($"A {what} has {keyBytes} bytes; at most {MaxKeyBytes} are allowed.", nameof(keyBytes));
    }
}
