namespace HybridAgents.Durable.Journal;

/// <summary>Which participant a record belongs to.</summary>
internal enum RecordKind : byte
{
    /// <summary>A change of orchestration instances.</summary>
    Instance = 1,

    /// <summary>A batch of table rows.</summary>
    Table = 2,
}

/// <summary>A record on its way to disk. What will be read back of it is sealed (<see cref="Crc32C.Seal"/>). The payload buffer belongs to the journal from the append until <see cref="OnDurable"/>.</summary>
internal abstract class JournalEntry(RecordKind kind, ReadOnlyMemory<byte> payload)
{
    /// <summary>Gets the participant.</summary>
    public RecordKind Kind { get; } = kind;

    /// <summary>Gets the bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; } = payload;

    /// <summary>Gets the position in the order of all records, from 1; set by the append.</summary>
    public long Lsn { get; internal set; }

    /// <summary>Called once, on the journal's thread, in order of the LSNs, after the record is on disk. Must be short and must not throw or block.</summary>
    public abstract void OnDurable(RecordLocation location);

    /// <summary>Called once instead of <see cref="OnDurable"/>, on the journal's thread, when the journal has stopped before the record was on disk. Must not throw or block.</summary>
    public virtual void OnAbandoned(JournalStoppedException reason)
    {
    }

    /// <summary>Drops the buffer when it is no longer needed.</summary>
    protected void ReleasePayload() => Payload = default;
}
