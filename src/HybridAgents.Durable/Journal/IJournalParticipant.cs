using System.Buffers;

namespace HybridAgents.Durable.Journal;

/// <summary>A state machine whose changes are records of the journal.</summary>
/// <remarks>
/// Records are physical (they state the new value, not a difference), and replaying one that is already reflected changes nothing: the participant keeps the LSN of the
/// last change of each of its items and skips older records. So a checkpoint may be taken while changes go on.
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

    /// <summary>Bytes of the segment that are still referred to: what relocation would have to write again.</summary>
    long LiveBytes(int segment);

    /// <summary>Appends again everything that is still referred to in the segment; when the task ends and a checkpoint has been taken, nothing refers to it.</summary>
    Task RelocateAsync(int segment, CancellationToken cancellationToken);
}
