namespace HybridAgents.Durable.Tables;

/// <summary>What an operation does.</summary>
public enum TableOperationKind
{
    /// <summary>Adds the row; fails if it exists.</summary>
    Insert,

    /// <summary>Adds or overwrites the row.</summary>
    Upsert,

    /// <summary>Adds the row or merges its properties into the existing one.</summary>
    UpsertMerge,

    /// <summary>Overwrites an existing row; fails if it is absent or its ETag is another.</summary>
    Replace,

    /// <summary>Merges properties into an existing row; fails if it is absent or its ETag is another.</summary>
    Merge,

    /// <summary>Removes an existing row; fails if it is absent or its ETag is another.</summary>
    Delete,
}

/// <summary>One write.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Row">The row; only its keys matter for a delete.</param>
/// <param name="ETag">The version that the existing row must have; null for any.</param>
public sealed record TableOperation(TableOperationKind Kind, TableRow Row, string? ETag = null)
{
    /// <summary>Adds the row; fails with <see cref="TableFailureReason.AlreadyExists"/> if it exists.</summary>
    public static TableOperation Insert(TableRow row) => new(TableOperationKind.Insert, row);

    /// <summary>Adds or overwrites the row.</summary>
    public static TableOperation Upsert(TableRow row) => new(TableOperationKind.Upsert, row);

    /// <summary>Adds the row or merges its properties.</summary>
    public static TableOperation UpsertMerge(TableRow row) => new(TableOperationKind.UpsertMerge, row);

    /// <summary>Overwrites the row if its version is <paramref name="etag"/> (null: any).</summary>
    public static TableOperation Replace(TableRow row, string? etag) => new(TableOperationKind.Replace, row, etag);

    /// <summary>Merges into the row if its version is <paramref name="etag"/> (null: any).</summary>
    public static TableOperation Merge(TableRow row, string? etag) => new(TableOperationKind.Merge, row, etag);

    /// <summary>Removes the row if its version is <paramref name="etag"/> (null: any).</summary>
    public static TableOperation Delete(string partitionKey, string rowKey, string? etag = null) =>
        new(TableOperationKind.Delete, new TableRow(partitionKey, rowKey), etag);
}

/// <summary>Why a batch was not applied.</summary>
public enum TableFailureReason
{
    /// <summary>An insert met an existing row.</summary>
    AlreadyExists,

    /// <summary>A replace, merge or delete met no row.</summary>
    NotFound,

    /// <summary>The row's ETag is another.</summary>
    ConditionNotMet,
}

/// <summary>The outcome of a batch: applied whole, or not at all.</summary>
/// <param name="Failure">Null when the batch was applied.</param>
/// <param name="FailedIndex">The operation that failed first; −1 when the batch was applied.</param>
/// <param name="ETags">The new version of each row, in order (null for a deleted one); empty when the batch was not applied.</param>
public sealed record TableWriteResult(TableFailureReason? Failure, int FailedIndex, IReadOnlyList<string?> ETags)
{
    /// <summary>Gets whether the batch was applied.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>Returns the result, or throws if the batch was not applied: for writes that cannot conflict unless something is broken.</summary>
    /// <exception cref="InvalidOperationException">The batch was not applied.</exception>
    public TableWriteResult EnsureSucceeded() => Succeeded ? this : throw new InvalidOperationException($"Operation {FailedIndex} of the batch failed: {Failure}.");
}

/// <summary>When a write's task completes.</summary>
public enum WriteDurability
{
    /// <summary>After the write is durable.</summary>
    Durable,

    /// <summary>
    /// As soon as the write is ordered before all later ones: it is durable no later than any durable write that follows in this process, and lost only together with
    /// it. For a write that a durable one follows anyway. A store without this notion treats it as <see cref="Durable"/>.
    /// </summary>
    Ordered,
}
