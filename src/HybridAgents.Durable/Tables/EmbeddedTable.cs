using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>One table of the embedded store.</summary>
internal sealed class EmbeddedTable(EmbeddedTableStore store, string name) : ITable
{
    private const int MaxRowBytes = 1 << 20;
    private const int MaxBatchBytes = 4 << 20;

    [ThreadStatic]
    private static ByteBuffer? _record;

    [ThreadStatic]
    private static ByteBuffer? _value;

    private readonly ConcurrentDictionary<string, TablePartition> _partitions = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <summary>Gets the partitions that have rows; may be enumerated beside changes.</summary>
    public IEnumerable<TablePartition> Partitions => _partitions.Select(pair => pair.Value);

    /// <summary>The partition of that key, made if it is not there.</summary>
    public TablePartition GetOrAdd(string partitionKey) => _partitions.GetOrAdd(partitionKey, static (key, table) => new TablePartition(table, key, table.Live), this);

    /// <summary>Removes an empty partition.</summary>
    public void Drop(TablePartition partition) => _partitions.TryRemove(new KeyValuePair<string, TablePartition>(partition.Key, partition));

    private LiveBytes Live => store.Live;

    /// <inheritdoc/>
    public async ValueTask<TableRow?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        byte[] key = OrdinalKey.Encode(rowKey);
        RowSlot failed = default;
        while (true)
        {
            if (!_partitions.TryGetValue(partitionKey, out TablePartition? partition))
                return null;
            bool found;
            RowSlot slot;
            long lsn;
            ReadOnlyMemory<byte> value;
            lock (partition.Gate)
            {
                found = partition.Rows.TryGet(key, out slot);
                lsn = found ? slot.Version : partition.LastDeletion;
                store.Cache.TryGet(slot, out value);
            }
            await store.WaitDurableAsync(lsn, cancellationToken);
            if (!found)
                return null;
            if (!value.IsEmpty || store.TryReadValue(slot, ref failed, out value))
                return RowCodec.Decode(partitionKey, rowKey, TableBatch.ETag(slot.Version), value.Span);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<TableRow> QueryAsync(string partitionKey, RowRange range = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.Take, nameof(range));
        byte[] from = OrdinalKey.Encode(range.From ?? "");
        byte[]? to = range.To is null ? null : OrdinalKey.Encode(range.To);
        RowIndex.Hint hint = RowIndex.Hint.None;
        TablePartition? partition = null;
        RowSlot failed = default;
        for (int taken = 0; range.Take == 0 || taken < range.Take;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (partition is null or { IsRemoved: true })
            {
                hint = RowIndex.Hint.None;
                if (!_partitions.TryGetValue(partitionKey, out partition))
                    yield break;
            }
            bool found;
            byte[]? key;
            RowSlot slot;
            long lsn;
            ReadOnlyMemory<byte> value;
            RowIndex.Hint next = hint;
            lock (partition.Gate)
            {
                found = partition.Rows.TryNext(from, exclusive: taken > 0, ref next, out key, out slot) && (to is null || key.AsSpan().SequenceCompareTo(to) < 0);
                lsn = found ? Math.Max(slot.Version, partition.LastDeletion) : partition.LastDeletion;
                store.Cache.TryGet(slot, out value);
            }
            await store.WaitDurableAsync(lsn, cancellationToken);
            if (!found)
                yield break;
            if (value.IsEmpty && !store.TryReadValue(slot, ref failed, out value))
                continue; // Relocated meanwhile: look again.
            (from, hint) = (key!, next);
            taken++;
            yield return RowCodec.Decode(partitionKey, OrdinalKey.Decode(key), TableBatch.ETag(slot.Version), value.Span);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TableWriteResult> SubmitAsync(
        IReadOnlyList<TableOperation> operations, WriteDurability durability = WriteDurability.Durable, CancellationToken cancellationToken = default)
    {
        TableBatch batch = new(operations);
        Warm(batch);
        (TableWriteResult Result, long Lsn)? outcome;
        do
            outcome = TryApply(GetOrAdd(batch.PartitionKey), batch);
        while (outcome is null);
        if (durability == WriteDurability.Durable)
            await store.WaitDurableAsync(outcome.Value.Lsn, cancellationToken);
        return outcome.Value.Result;
    }

    /// <summary>Brings what merges need into the cache, so that nothing is read from disk under a partition's lock.</summary>
    private void Warm(TableBatch batch)
    {
        for (int i = 0; i < batch.Keys.Length; i++)
        {
            if (!TableBatch.IsMerge(batch.Operations[i]) || !_partitions.TryGetValue(batch.PartitionKey, out TablePartition? partition))
                continue;
            RowSlot slot;
            lock (partition.Gate)
            {
                if (!partition.Rows.TryGet(batch.Keys[i], out slot) || slot.Segment == 0)
                    continue;
            }
            RowSlot failed = default;
            store.TryReadValue(slot, ref failed, out _);
        }
    }

    private (TableWriteResult, long)? TryApply(TablePartition partition, TableBatch batch)
    {
        lock (partition.Gate)
        {
            if (partition.IsRemoved)
                return null;
            try
            {
                for (int i = 0; i < batch.Keys.Length; i++)
                {
                    bool exists = partition.Rows.TryGet(batch.Keys[i], out RowSlot slot);
                    if (TableBatch.Check(batch.Operations[i], exists, slot) is { } failure)
                        return (new TableWriteResult(failure, i, []), exists ? slot.Version : partition.LastDeletion);
                }
                return Write(partition, batch);
            }
            finally
            {
                partition.RemoveIfEmpty(store.Journal.DurableLsn);
            }
        }
    }

    private (TableWriteResult, long) Write(TablePartition partition, TableBatch batch)
    {
        ByteBuffer buffer = _record ??= new ByteBuffer();
        buffer.Clear();
        RowPlacement[] rows = Encode(buffer, partition, batch);
        byte[] payload = buffer.ToArray();
        buffer.Clear();
        if (payload.Length > MaxBatchBytes)
            throw new ArgumentException($"A batch takes {payload.Length} bytes; at most {MaxBatchBytes} are allowed.", nameof(batch));
        PartitionEntry entry = new(store, partition, payload, rows, isRelocation: false);
        store.Journal.Append(entry);

        string?[] etags = new string?[batch.Keys.Length];
        for (int i = 0; i < etags.Length; i++)
        {
            if (batch.Operations[i].Kind == TableOperationKind.Delete)
                partition.Remove(batch.Keys[i], entry.Lsn);
            else
                etags[i] = TableBatch.ETag(entry.Lsn);
        }
        foreach (RowPlacement row in rows)
        {
            RowSlot slot = row.Slot with { Version = entry.Lsn };
            store.Cache.Add(slot, payload.AsMemory(row.Offset, slot.Length));
            partition.Put(row.Key, slot);
        }
        return (new TableWriteResult(null, -1, etags), entry.Lsn);
    }

    private RowPlacement[] Encode(ByteBuffer buffer, TablePartition partition, TableBatch batch)
    {
        long ticks = store.Time.GetUtcNow().UtcTicks;
        ByteBuffer value = _value ??= new ByteBuffer();
        List<RowPlacement> rows = new(batch.Keys.Length);
        TableRecord.AppendHeader(buffer, Name, batch.PartitionKey, batch.Keys.Length);
        for (int i = 0; i < batch.Keys.Length; i++)
        {
            TableOperation operation = batch.Operations[i];
            if (operation.Kind == TableOperationKind.Delete)
            {
                TableRecord.AppendDeletion(buffer, batch.Keys[i]);
                continue;
            }
            ReadOnlyMemory<byte> existing = TableBatch.IsMerge(operation) && partition.Rows.TryGet(batch.Keys[i], out RowSlot slot) ? store.ReadValue(slot) : default;
            value.Clear();
            RowCodec.Append(value, ticks, operation.Row, existing.Span);
            if (value.Length > MaxRowBytes)
                throw new ArgumentException($"Row '{operation.Row.RowKey}' takes {value.Length} bytes; at most {MaxRowBytes} are allowed.", nameof(batch));
            int offset = TableRecord.AppendRow(buffer, batch.Keys[i], value.Written);
            rows.Add(new RowPlacement(batch.Keys[i], new RowSlot(0, 0, 0, value.Length, i), offset));
        }
        value.Clear();
        return [.. rows];
    }
}
