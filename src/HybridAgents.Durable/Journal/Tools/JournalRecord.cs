using System.Text.Json.Nodes;

namespace HybridAgents.Durable.Journal.Tools;

/// <summary>One record of the journal, for people.</summary>
/// <param name="Lsn">Its position in the order of all records.</param>
/// <param name="Segment">The file it lies in.</param>
/// <param name="Offset">Where its payload begins in the file, in bytes.</param>
/// <param name="Bytes">The size of its payload.</param>
/// <param name="Kind"><c>turn</c>, <c>purge</c> or <c>relocation</c> of an instance, or <c>rows</c> of a table.</param>
public sealed record JournalRecord(long Lsn, string Segment, long Offset, int Bytes, string Kind)
{
    /// <summary>Gets the instance's id; null for rows.</summary>
    public string? Instance { get; init; }

    /// <summary>Gets the table's name; null for an instance.</summary>
    public string? Table { get; init; }

    /// <summary>Gets the rows' partition key.</summary>
    public string? Partition { get; init; }

    /// <summary>Gets the row keys, those of deleted rows included.</summary>
    public IReadOnlyList<string>? Rows { get; init; }

    /// <summary>Gets what the record says, as JSON, if that was asked for. It holds what users wrote.</summary>
    public JsonNode? Content { get; init; }
}

/// <summary>Which records are wanted, and how much of them.</summary>
public sealed record JournalFilter
{
    /// <summary>Gets the instance: its own records, and rows of the partition that has its id. Null for all.</summary>
    public string? Instance { get; init; }

    /// <summary>Gets the first position wanted.</summary>
    public long FromLsn { get; init; }

    /// <summary>Gets whether contents are wanted: inputs, results, events and rows, in the clear.</summary>
    public bool WithContent { get; init; }
}
