using System.Buffers;
using System.Collections.Concurrent;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tables;

/// <summary>Tables on the journal: keys in memory, values on disk, and the values written last in a cache of <paramref name="cacheBytes"/>.</summary>
internal sealed class EmbeddedTableStore(TimeProvider time, long cacheBytes = 64 << 20) : ITableStore, IJournalParticipant
{
    private readonly ConcurrentDictionary<string, EmbeddedTable> _tables = new(StringComparer.Ordinal);
    private IJournal? _journal;

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Table;

    public TimeProvider Time { get; } = time;

    public ValueCache Cache { get; } = new(cacheBytes);

    public LiveBytes Live { get; } = new();

    public IJournal Journal => _journal ?? throw new InvalidOperationException("The table store is not attached to a journal.");

    /// <summary>Attaches the journal that has been opened with this participant.</summary>
    public void Attach(IJournal journal) => _journal = journal;

    /// <inheritdoc/>
    public ITable GetTable(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is >= 3 and <= 63 && char.IsAsciiLetter(name[0]) && name.All(char.IsAsciiLetterOrDigit)
            ? Table(name)
            : throw new ArgumentException($"'{name}' is no table name: 3 to 63 letters and digits, beginning with a letter, are allowed.", nameof(name));
    }

    /// <summary>Completes when everything up to <paramref name="lsn"/> is on disk.</summary>
    public ValueTask WaitDurableAsync(long lsn, CancellationToken cancellationToken) =>
        lsn <= Journal.DurableLsn ? default : Journal.WaitDurableAsync(lsn, cancellationToken);

    /// <summary>The value of a row; under the partition's lock, where its location cannot change.</summary>
    public ReadOnlyMemory<byte> ReadValue(in RowSlot slot) => Cache.TryGet(slot, out ReadOnlyMemory<byte> value) ? value : Load(slot);

    /// <summary>The value of a row from disk, past the cache.</summary>
    public ReadOnlyMemory<byte> Fetch(in RowSlot slot) => Journal.Read(new RecordLocation(slot.Segment, slot.Offset, slot.Length + Crc32C.SealSize));

    /// <summary>The value of a row; false if it has been relocated since it was looked up: look again.</summary>
    /// <param name="slot">The row as it was looked up.</param>
    /// <param name="failed">The slot that failed last; one that fails twice has not been relocated, but is lost, and throws.</param>
    /// <param name="value">The value.</param>
    public bool TryReadValue(in RowSlot slot, ref RowSlot failed, out ReadOnlyMemory<byte> value)
    {
        (RowSlot current, RowSlot previous) = (slot, failed);
        try
        {
            value = ReadValue(slot);
            return true;
        }
        catch (InvalidOperationException) when (previous != current)
        {
            failed = slot;
            value = default;
            return false;
        }
    }

    /// <inheritdoc/>
    public void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload)
    {
        TableRecord.Reader reader = new(payload);
        TablePartition partition = Table(reader.Text()).GetOrAdd(OrdinalKey.Decode(reader.Bytes()));
        int count = checked((int)reader.Number());
        lock (partition.Gate)
        {
            for (int i = 0; i < count; i++)
            {
                byte[] key = reader.Bytes().ToArray();
                long version = (long)reader.Number();
                int ordinal = version == 0 ? i : (int)reader.Number();
                version = version == 0 ? lsn : version;
                int length = (int)reader.Number() - 1;
                int offset = reader.Position;
                reader.Skip(length < 0 ? 0 : length + Crc32C.SealSize);
                if (partition.Rows.TryGet(key, out RowSlot existing) && existing.Version > version)
                    continue;
                if (length < 0)
                    partition.Remove(key, lsn);
                else
                    partition.Put(key, new RowSlot(version, location.Segment, location.Offset + offset, length, ordinal));
            }
            partition.RemoveIfEmpty(lsn);
        }
    }

    /// <inheritdoc/>
    public void WriteCheckpoint(IBufferWriter<byte> writer) => TableCheckpoint.Write(writer, _tables.Select(pair => pair.Value));

    /// <inheritdoc/>
    public void ReadCheckpoint(ReadOnlySpan<byte> checkpoint) => TableCheckpoint.Read(checkpoint, Table);

    /// <inheritdoc/>
    long IJournalParticipant.LiveBytes(int segment) => Live[segment];

    /// <inheritdoc/>
    public Task RelocateAsync(int segment, CancellationToken cancellationToken) =>
        TableRelocation.RunAsync(this, _tables.Select(pair => pair.Value), segment, cancellationToken);

    private EmbeddedTable Table(string name) => _tables.GetOrAdd(name, static (name, store) => new EmbeddedTable(store, name), this);

    private ReadOnlyMemory<byte> Load(in RowSlot slot)
    {
        ReadOnlyMemory<byte> value = Fetch(slot);
        Cache.Add(slot, value);
        return value;
    }
}
