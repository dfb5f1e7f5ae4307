namespace HybridAgents.Durable.Journal;

/// <summary>Where a record's payload lies on disk.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Byte offset of the payload within the segment.</param>
/// <param name="Length">Payload length in bytes.</param>
internal readonly record struct RecordLocation(int Segment, int Offset, int Length);
