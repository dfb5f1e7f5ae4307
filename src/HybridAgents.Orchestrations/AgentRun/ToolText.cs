using System.Globalization;
using System.Text;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Bounds what a tool says: the model gets at most <see cref="MaxBytes"/>, the full text is kept beside the transcript.</summary>
internal static class ToolText
{
    /// <summary>16 KB of UTF-8.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxSpilledBytes = 2 * 1024 * 1024;
    private const int ChunkBytes = 512 * 1024;

    /// <summary>The text for the model.</summary>
    public static string ForModel(string text)
    {
        int total = Encoding.UTF8.GetByteCount(text);
        if (total <= MaxBytes)
            return text;
        int characters = 0, bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > MaxBytes)
                break;
            bytes += rune.Utf8SequenceLength;
            characters += rune.Utf16SequenceLength;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, characters)}\n[output shortened: {bytes} of {total} bytes]");
    }

    /// <summary>The rows that keep a text too long for the model; at most 2 MB of it.</summary>
    public static IEnumerable<TableOperation> Spill(string runId, int turn, int index, string text) => Encoding.UTF8.GetByteCount(text) <= MaxBytes
        ? []
        : Encoding.UTF8.GetBytes(text).Take(MaxSpilledBytes).Chunk(ChunkBytes).Select((bytes, chunk) =>
            TableOperation.Upsert(new TableRow(runId, RunKeys.ToolOutput(turn, index, chunk)).Set("bytes", bytes)));
}
