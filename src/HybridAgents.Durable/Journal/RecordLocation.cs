namespace HybridAgents.Durable.Journal;

/// <summary>Where a record's payload, or a part of it, lies on disk.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Byte offset within the segment.</param>
/// <param name="Length">Length in bytes.</param>
internal readonly record struct RecordLocation(int Segment, int Offset, int Length);
