namespace HybridAgents.Durable.Journal;

/// <summary>The append-only log under the engine and the tables. Safe for concurrent use.</summary>
internal interface IJournal
{
    /// <summary>Gets the position up to which everything is on disk.</summary>
    long DurableLsn { get; }

    /// <summary>Gets why new work must be refused (the disk is full, the journal is stopping), or null.</summary>
    string? RefusalReason { get; }

    /// <summary>Adds a record to the next commit group and sets its LSN. Order of appends is order on disk. Does not wait.</summary>
    /// <remarks>While the disk is full, records stay queued in memory and become durable when space returns.</remarks>
    void Append(JournalEntry entry);

    /// <summary>Completes when everything up to <paramref name="lsn"/> is on disk.</summary>
    ValueTask WaitDurableAsync(long lsn, CancellationToken cancellationToken = default);

    /// <summary>Reads bytes that were sealed (<see cref="Crc32C.Seal"/>) back, from the page cache or the disk, checks them, and returns them without the seal.</summary>
    /// <param name="location">A payload or a part of one, its seal included.</param>
    /// <exception cref="JournalCorruptException">They are not what was written.</exception>
    /// <exception cref="InvalidOperationException">The segment is gone: the caller held a location that it had given up by relocation.</exception>
    ReadOnlyMemory<byte> Read(RecordLocation location);
}
