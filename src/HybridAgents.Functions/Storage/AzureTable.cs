using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Functions.Storage;

/// <summary>One table in an Azure storage account.</summary>
internal sealed class AzureTable(string name, TableClient client) : ITable
{
    /// <summary>How often a read or write that met a change of chunk rows is tried again.</summary>
    private const int MaxRaces = 10;

    private static readonly string[] KeysOnly = [nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey)];
    private Task? _creation;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async ValueTask<TableRow?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        await EnsureCreatedAsync(cancellationToken);
        return await ReadAsync(await FindAsync(KeyCodec.Encode(partitionKey), KeyCodec.Encode(rowKey), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<TableRow> QueryAsync(
        string partitionKey, RowRange range = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await EnsureCreatedAsync(cancellationToken);
        string from = KeyCodec.Encode(range.From ?? ""); // Never below the smallest key: chunk rows sort before it.
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {KeyCodec.Encode(partitionKey)} and RowKey ge {from}");
        if (range.To is { } to)
            filter += " and " + TableClient.CreateQueryFilter($"RowKey lt {KeyCodec.Encode(to)}");
        int left = range.Take > 0 ? range.Take : int.MaxValue;
        await foreach (TableEntity entity in client.QueryAsync<TableEntity>(filter, Math.Min(left, 1000), cancellationToken: cancellationToken))
        {
            if (await ReadAsync(entity, cancellationToken) is not { } row)
                continue;
            yield return row;
            if (--left == 0)
                yield break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TableWriteResult> SubmitAsync(
        IReadOnlyList<TableOperation> operations, WriteDurability durability = WriteDurability.Durable, CancellationToken cancellationToken = default)
    {
        TransactionBuilder.Check(operations);
        string write = Guid.NewGuid().ToString("N");
        EncodedRow[] rows = [.. operations.Select(operation => EntityCodec.Encode(operation.Row, write))];
        EncodedRow? marked = rows.Where((_, index) => operations[index].Kind != TableOperationKind.Delete).FirstOrDefault();
        if (marked is not null)
            marked.Main[EntityCodec.WriteProperty] = write;
        await EnsureCreatedAsync(cancellationToken);
        for (int race = 0; ; race++)
        {
            IReadOnlyList<string> oldChunks = await ChunksOfAsync(operations, rows, cancellationToken);
            try
            {
                IReadOnlyList<Response> answers = (await client.SubmitTransactionAsync(TransactionBuilder.Build(operations, rows, oldChunks), cancellationToken)).Value;
                return new(null, -1, [.. operations.Select((operation, index) => operation.Kind == TableOperationKind.Delete ? null
                    : TransactionBuilder.ETagOf(answers[index].Headers.ETag ?? default, TransactionBuilder.IsChunked(operation, rows[index], oldChunks)))]);
            }
            catch (TableTransactionFailedException error) when (Reason(error) is { } reason)
            {
                int failed = error.FailedTransactionActionIndex ?? 0;
                if (marked is not null && await IsAppliedAsync(marked.Main, write, cancellationToken))
                    return new(null, -1, await VersionsAsync(operations, cancellationToken));
                if (failed < operations.Count)
                    return new(reason, failed, []);
                if (race == MaxRaces)
                    throw;
            }
        }
    }

    private static TableFailureReason? Reason(RequestFailedException error) => error.Status switch
    {
        404 => TableFailureReason.NotFound,
        409 => TableFailureReason.AlreadyExists,
        412 => TableFailureReason.ConditionNotMet,
        _ => null,
    };

    /// <summary>Two first users may both create the table: the second finds it there.</summary>
    private Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        if (_creation is null or { IsFaulted: true } or { IsCanceled: true })
            _creation = client.CreateIfNotExistsAsync(CancellationToken.None);
        return _creation.WaitAsync(cancellationToken);
    }

    private async Task<TableEntity?> FindAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> found = await client.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Brings in what lies in chunk rows. A row that changes meanwhile is read again.</summary>
    private async Task<TableRow?> ReadAsync(TableEntity? entity, CancellationToken cancellationToken)
    {
        for (int race = 0; entity is not null; race++)
        {
            IReadOnlyList<(string Name, LargeValue Value)> spilled = EntityCodec.Spilled(entity);
            Dictionary<string, object> values = [];
            foreach ((string property, LargeValue value) in spilled)
            {
                if (await JoinAsync(entity, property, value, cancellationToken) is { } whole)
                    values[property] = whole;
            }

            if (values.Count == spilled.Count)
                return EntityCodec.Decode(entity, TransactionBuilder.ETagOf(entity.ETag, spilled.Count > 0), values);
            if (race == MaxRaces)
                throw new InvalidOperationException($"The row '{KeyCodec.Decode(entity.RowKey)}' of table '{name}' lacks a part of its value.");
            entity = await FindAsync(entity.PartitionKey, entity.RowKey, cancellationToken);
        }

        return null;
    }

    /// <returns>Null when the chunk rows are those of another write.</returns>
    private async Task<object?> JoinAsync(TableEntity entity, string property, LargeValue value, CancellationToken cancellationToken)
    {
        List<byte[]> parts = [];
        await foreach (TableEntity chunk in QueryChunksAsync(entity.PartitionKey, EntityCodec.ChunkPrefix(entity.RowKey, property), null, cancellationToken))
        {
            if (chunk.GetString(EntityCodec.WriteProperty) == value.Write)
                parts.AddRange(EntityCodec.PartsOf(chunk));
        }

        return parts.Count == value.Parts ? value.Join(parts) : null;
    }

    private async Task<IReadOnlyList<string>> ChunksOfAsync(
        IReadOnlyList<TableOperation> operations, EncodedRow[] rows, CancellationToken cancellationToken)
    {
        if (!operations.Any(TransactionBuilder.MayHaveChunks))
            return [];
        List<string> keys = [];
        string prefix = operations.Count == 1 ? EntityCodec.ChunkPrefix(rows[0].Main.RowKey) : KeyCodec.Reserved;
        await foreach (TableEntity chunk in QueryChunksAsync(rows[0].Main.PartitionKey, prefix, KeysOnly, cancellationToken))
            keys.Add(chunk.RowKey);
        return keys;
    }

    private AsyncPageable<TableEntity> QueryChunksAsync(string partitionKey, string prefix, string[]? select, CancellationToken cancellationToken) => client.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey ge {prefix} and RowKey lt {RowRange.Prefix(prefix).To!}"),
        select: select, cancellationToken: cancellationToken);

    /// <summary>Whether a batch that met a conflict met only itself: the answer was lost, and the client sent it again.</summary>
    private async Task<bool> IsAppliedAsync(TableEntity marked, string write, CancellationToken cancellationToken) =>
        await FindAsync(marked.PartitionKey, marked.RowKey, cancellationToken) is { } found && found.GetString(EntityCodec.WriteProperty) == write;

    private async Task<IReadOnlyList<string?>> VersionsAsync(IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        List<string?> versions = [];
        foreach (TableOperation operation in operations)
            versions.Add(operation.Kind == TableOperationKind.Delete ? null : (await GetAsync(operation.Row.PartitionKey, operation.Row.RowKey, cancellationToken))?.ETag);
        return versions;
    }
}
