using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>A value within a record: whose it is, and where its bytes lie in the payload.</summary>
internal readonly record struct RowPlacement(byte[] Key, RowSlot Slot, int Offset);

/// <summary>A record of one partition on its way to disk: a batch, or rows being relocated.</summary>
internal sealed class PartitionEntry(EmbeddedTableStore store, TablePartition partition, byte[] payload, RowPlacement[] rows, bool isRelocation)
    : JournalEntry(RecordKind.Table, payload)
{
    /// <inheritdoc/>
    public override void OnDurable(RecordLocation location)
    {
        lock (partition.Gate)
        {
            foreach (RowPlacement row in rows)
            {
                long version = isRelocation ? row.Slot.Version : Lsn;
                if (partition.Rows.TryGet(row.Key, out RowSlot slot) && slot.Version == version && slot.Segment == row.Slot.Segment)
                    partition.Put(row.Key, slot with { Segment = location.Segment, Offset = location.Offset + row.Offset });
            }
            partition.RemoveIfEmpty(Lsn);
        }
        store.Cache.Settle(Lsn);
        ReleasePayload();
    }
}
