using System.Buffers;

namespace HybridAgents.Durable.Journal;

/// <summary>A state machine whose changes are records of the journal.</summary>
/// <remarks>
/// Records are physical (they state the new value, not a difference), and replaying one that is already reflected changes nothing: the participant keeps the LSN of the
/// last change of each of its items and skips older records. So a checkpoint may be taken while changes go on: it holds at least every change whose
/// <see cref="JournalEntry.OnDurable"/> had returned when it began, and the records after those are replayed over it. A change that the checkpoint holds was appended before the
/// state showed it.
/// </remarks>
internal interface IJournalParticipant
{
    /// <summary>Gets the kind of record that belongs to this participant.</summary>
    RecordKind Kind { get; }

    /// <summary>Start-up: takes a record, in order of the LSNs. The span is valid during the call only.</summary>
    void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload);

    /// <summary>Writes the whole state, locations of what lies in segments included. Runs beside changes: each item is written as it is when it is reached.</summary>
    void WriteCheckpoint(IBufferWriter<byte> writer);

    /// <summary>Start-up: takes the state that <see cref="WriteCheckpoint"/> wrote.</summary>
    void ReadCheckpoint(ReadOnlySpan<byte> checkpoint);

    /// <summary>
    /// Bytes of the segment that are still referred to: what relocation would have to write again, keys and framing included. Rather too many than too few: a segment that
    /// seems half dead is moved, one without any is deleted.
    /// </summary>
    long LiveBytes(int segment);

    /// <summary>Appends again everything that is still referred to in the segment; when the task ends and a checkpoint has been taken, nothing refers to it.</summary>
    Task RelocateAsync(int segment, CancellationToken cancellationToken);
}
