namespace HybridAgents.Durable.Tables;

/// <summary>What memory keeps of a row beside its key: 24 bytes.</summary>
/// <param name="Version">The LSN of the record that last changed the row. Relocation keeps it.</param>
/// <param name="Segment">Where the value lies; 0 while it is not yet on disk and held by the value cache.</param>
/// <param name="Offset">Its offset in the segment.</param>
/// <param name="Length">Its length in bytes; its seal follows it.</param>
/// <param name="Ordinal">The row's place in the batch that changed it; with <paramref name="Version"/>, the identity of the value.</param>
internal readonly record struct RowSlot(long Version, int Segment, int Offset, int Length, int Ordinal);
